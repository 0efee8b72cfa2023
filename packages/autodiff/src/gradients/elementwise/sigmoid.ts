import { defineRule, type Rule } from "../define-rule.ts";

/** y = 1 / (1 + exp(-x)): dx = dy y (1 - y). */
export const sigmoid: Rule = defineRule({
  op: "Sigmoid",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.mul(gradient, math.mul(output, math.sub(1, output)))],
});
