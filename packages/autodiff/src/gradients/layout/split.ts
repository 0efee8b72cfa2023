import { int, readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** Split: the gradients of the parts, put together again. */
export const split: Rule = defineRule({
  op: "Split",
  ofAllOutputs: true,
  gradient({ outputs, gradients, attributes, builder, math }) {
    const parts = outputs.map(
      (part, index) => gradients[index] ?? math.expand(math.constant(0), part?.shape ?? []),
    );
    return [builder.op("Concat", parts, { axis: int(readInt(attributes, "axis", 0)) })];
  },
});
