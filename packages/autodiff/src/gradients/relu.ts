import type { GradientRule } from "./gradient-rule.ts";

/** y = max(x, 0): dx = dy sign(y), 0 where x <= 0. */
export const relu: GradientRule = ({ gradient, output, math }) => [
  math.mul(gradient, math.unary("Sign", output)),
];
