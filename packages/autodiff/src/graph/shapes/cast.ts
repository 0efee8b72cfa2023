/** Shape of Cast. */
import { readInt } from "../attributes.ts";
import { storedType } from "../data-type.ts";
import { describe, requiredInput, type ShapeRule, type ShapeRules } from "./shape-rule.ts";

/** Cast: the shape stays, attribute `to` names the element type. */
export const cast: ShapeRule = (call) => [
  {
    dtype: storedType(readInt(call.attributes, "to", 1), `${describe(call)}: output`),
    shape: requiredInput(call, 0).shape,
  },
];

/** Operator -> shape rule. */
export const castShapes: ShapeRules = { Cast: cast };
