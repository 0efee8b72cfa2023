import type { GradientRule } from "../gradient-rule.ts";

/** y = 1 / x: dx = -dy y^2. */
export const reciprocal: GradientRule = ({ gradient, output, math }) => [
  math.unary("Neg", math.mul(gradient, math.mul(output, output))),
];
