import { defineRule, type Rule } from "../define-rule.ts";

/** y = cos(x): dx = -dy sin(x). */
export const cos: Rule = defineRule({
  op: "Cos",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [
    math.unary("Neg", math.mul(gradient, math.unary("Sin", input(0)))),
  ],
});
