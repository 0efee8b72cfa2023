import type { GradientRule } from "../gradient-rule.ts";

/** y = -x: dx = -dy. */
export const neg: GradientRule = ({ gradient, math }) => [math.unary("Neg", gradient)];
