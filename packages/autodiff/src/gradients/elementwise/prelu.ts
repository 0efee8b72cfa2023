import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = x where x > 0, else slope x: dx = dy or slope dy; dslope = dy x where x <= 0. */
export const prelu: Rule = defineRule({
  op: "PRelu",
  weights: { 1: "slope" },
  elementwise: true,
  gradient({ gradient, input, math }) {
    const x = input(0);
    const slope = input(1);
    const positive = math.positive(x);
    return [
      math.where(positive, gradient, math.mul(gradient, slope)),
      sumTo(math, math.where(positive, 0, math.mul(gradient, x)), slope.shape),
    ];
  },
});
