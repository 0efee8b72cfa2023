import type { GradientRule } from "../gradient-rule.ts";

/** y = ln(x): dx = dy / x. */
export const log: GradientRule = ({ gradient, input, math }) => [math.div(gradient, input(0))];
