import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a b: da = dy b, db = dy a. */
export const mul: GradientRule = ({ gradient, input, math }) => [
  sumTo(math, math.mul(gradient, input(1)), input(0).shape),
  sumTo(math, math.mul(gradient, input(0)), input(1).shape),
];
