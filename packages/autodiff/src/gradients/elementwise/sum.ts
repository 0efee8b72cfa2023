import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a + b + ...: each input receives dy. */
export const sum: GradientRule = ({ gradient, inputs, input, math }) =>
  inputs.map((_, index) => sumTo(math, gradient, input(index).shape));
