import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a b: da = dy b, db = dy a. */
export const mul: Rule = defineRule({
  op: "Mul",
  weights: "operands",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [
    sumTo(math, math.mul(gradient, input(1)), input(0).shape),
    sumTo(math, math.mul(gradient, input(0)), input(1).shape),
  ],
});
