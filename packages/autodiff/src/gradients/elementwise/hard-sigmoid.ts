import { readFloat } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";

/** y = clip(alpha x + beta, 0, 1): dx = alpha dy where 0 < y < 1, else 0. */
export const hardSigmoid: Rule = defineRule({
  op: "HardSigmoid",
  elementwise: true,
  gradient(context) {
    const { gradient, output, attributes, math } = context;
    return [whereInside(context, output, math.mul(gradient, readFloat(attributes, "alpha", 0.2)))];
  },
});

/** `value` where 0 < y < 1, else 0. */
export function whereInside({ builder, math }: GradientContext, y: Value, value: Value): Value {
  const belowOne = builder.op("Less", [y, math.constant(1)]);
  return math.where(math.positive(y), math.where(belowOne, value, 0), 0);
}
