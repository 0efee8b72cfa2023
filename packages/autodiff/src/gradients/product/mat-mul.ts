import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a b over the last two axes: da = dy bT, db = aT dy, summed over broadcast batch axes. */
export const matMul: GradientRule = ({ gradient, input, math }) => [
  sumTo(math, math.matMul(gradient, input(1), { b: true }), input(0).shape),
  sumTo(math, math.matMul(input(0), gradient, { a: true }), input(1).shape),
];
