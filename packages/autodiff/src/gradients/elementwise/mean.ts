import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = (a + b + ...) / n: each input receives dy / n. */
export const mean: GradientRule = ({ gradient, inputs, input, math }) => {
  const share = math.div(gradient, inputs.length);
  return inputs.map((_, index) => sumTo(math, share, input(index).shape));
};
