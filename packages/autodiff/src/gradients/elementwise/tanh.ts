import type { GradientRule } from "../gradient-rule.ts";

/** y = tanh(x): dx = dy (1 - y^2). */
export const tanh: GradientRule = ({ gradient, output, math }) => [
  math.mul(gradient, math.sub(1, math.mul(output, output))),
];
