import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = (a + b + ...) / n: each input receives dy / n. */
export const mean: Rule = defineRule({
  op: "Mean",
  weights: "operands",
  elementwise: true,
  gradient({ gradient, inputs, input, math }) {
    const share = math.div(gradient, inputs.length);
    return inputs.map((_, index) => sumTo(math, share, input(index).shape));
  },
});
