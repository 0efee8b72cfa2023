import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = x where the condition holds, else z: each of the two receives dy where it was taken. */
export const where: Rule = defineRule({
  op: "Where",
  weights: "operands",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [
    null,
    sumTo(math, math.where(input(0), gradient, 0), input(1).shape),
    sumTo(math, math.where(input(0), 0, gradient), input(2).shape),
  ],
});
