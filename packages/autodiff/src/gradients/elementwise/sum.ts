import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a + b + ...: each input receives dy. */
export const sum: Rule = defineRule({
  op: "Sum",
  weights: "operands",
  elementwise: true,
  gradient: ({ gradient, inputs, input, math }) =>
    inputs.map((_, index) => sumTo(math, gradient, input(index).shape)),
});
