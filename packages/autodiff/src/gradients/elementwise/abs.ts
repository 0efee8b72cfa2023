import { defineRule, type Rule } from "../define-rule.ts";

/** y = |x|: dx = dy sign(x). */
export const abs: Rule = defineRule({
  op: "Abs",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [math.mul(gradient, math.unary("Sign", input(0)))],
});
