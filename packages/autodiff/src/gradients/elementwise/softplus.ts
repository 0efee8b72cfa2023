import type { GradientRule } from "../gradient-rule.ts";

/** y = ln(1 + exp(x)): dx = dy sigmoid(x). */
export const softplus: GradientRule = ({ gradient, input, math }) => [
  math.mul(gradient, math.unary("Sigmoid", input(0))),
];
