import { int, readInt } from "../../graph/attributes.ts";
import type { GradientRule } from "../gradient-rule.ts";

/** Split: the gradients of the parts, put together again. */
export const split: GradientRule = ({ outputs, gradients, attributes, builder, math }) => {
  const parts = outputs.map(
    (part, index) => gradients[index] ?? math.expand(math.constant(0), part?.shape ?? []),
  );
  return [builder.op("Concat", parts, { axis: int(readInt(attributes, "axis", 0)) })];
};
