import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a / b: da = dy / b, db = -dy y / b. */
export const div: Rule = defineRule({
  op: "Div",
  weights: "operands",
  elementwise: true,
  gradient({ gradient, input, output, math }) {
    const byA = math.div(gradient, input(1));
    return [
      sumTo(math, byA, input(0).shape),
      math.unary("Neg", sumTo(math, math.mul(byA, output), input(1).shape)),
    ];
  },
});
