import { defineRule, type Rule } from "../define-rule.ts";

/** y = sin(x): dx = dy cos(x). */
export const sin: Rule = defineRule({
  op: "Sin",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [math.mul(gradient, math.unary("Cos", input(0)))],
});
