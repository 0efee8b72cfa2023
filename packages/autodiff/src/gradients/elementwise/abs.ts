import type { GradientRule } from "../gradient-rule.ts";

/** y = |x|: dx = dy sign(x). */
export const abs: GradientRule = ({ gradient, input, math }) => [
  math.mul(gradient, math.unary("Sign", input(0))),
];
