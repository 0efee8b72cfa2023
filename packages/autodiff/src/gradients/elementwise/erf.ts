import { defineRule, type Rule } from "../define-rule.ts";

/** y = erf(x): dx = dy 2 / sqrt(pi) exp(-x^2). */
export const erf: Rule = defineRule({
  op: "Erf",
  elementwise: true,
  gradient({ gradient, input, math }) {
    const density = math.unary("Exp", math.unary("Neg", math.mul(input(0), input(0))));
    return [math.mul(gradient, math.mul(density, 2 / Math.sqrt(Math.PI)))];
  },
});
