import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a - b. */
export const sub: Rule = defineRule({
  op: "Sub",
  weights: "operands",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [
    sumTo(math, gradient, input(0).shape),
    math.unary("Neg", sumTo(math, gradient, input(1).shape)),
  ],
});
