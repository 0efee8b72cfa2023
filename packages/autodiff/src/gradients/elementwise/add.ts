import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a + b: both inputs receive the gradient. */
export const add: Rule = defineRule({
  op: "Add",
  weights: "operands",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [
    sumTo(math, gradient, input(0).shape),
    sumTo(math, gradient, input(1).shape),
  ],
});
