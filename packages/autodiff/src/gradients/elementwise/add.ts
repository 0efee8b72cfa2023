import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a + b: both inputs receive the gradient. */
export const add: GradientRule = ({ gradient, input, math }) => [
  sumTo(math, gradient, input(0).shape),
  sumTo(math, gradient, input(1).shape),
];
