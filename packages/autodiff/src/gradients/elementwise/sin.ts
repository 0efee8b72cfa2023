import type { GradientRule } from "../gradient-rule.ts";

/** y = sin(x): dx = dy cos(x). */
export const sin: GradientRule = ({ gradient, input, math }) => [
  math.mul(gradient, math.unary("Cos", input(0))),
];
