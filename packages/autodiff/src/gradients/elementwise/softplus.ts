import { defineRule, type Rule } from "../define-rule.ts";

/** y = ln(1 + exp(x)): dx = dy sigmoid(x). */
export const softplus: Rule = defineRule({
  op: "Softplus",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [math.mul(gradient, math.unary("Sigmoid", input(0)))],
});
