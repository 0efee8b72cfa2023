import { defineRule, type Rule } from "../define-rule.ts";

/** y = 1 / x: dx = -dy y^2. */
export const reciprocal: Rule = defineRule({
  op: "Reciprocal",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.unary("Neg", math.mul(gradient, math.mul(output, output)))],
});
