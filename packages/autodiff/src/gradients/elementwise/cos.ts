import type { GradientRule } from "../gradient-rule.ts";

/** y = cos(x): dx = -dy sin(x). */
export const cos: GradientRule = ({ gradient, input, math }) => [
  math.unary("Neg", math.mul(gradient, math.unary("Sin", input(0)))),
];
