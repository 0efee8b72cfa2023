/** Shape of Cast. */
import { readInt } from "../attributes.ts";
import { dataTypeOf } from "../data-type.ts";
import { requiredInput, type ShapeRule } from "./shape-rule.ts";

/** Cast: the shape stays, attribute `to` names the element type. */
export const cast: ShapeRule = (call) => [
  { dtype: dataTypeOf(readInt(call.attributes, "to", 1)), shape: requiredInput(call, 0).shape },
];
