import type { GradientRule } from "../gradient-rule.ts";

/** y = exp(x): dx = dy y. */
export const exp: GradientRule = ({ gradient, output, math }) => [math.mul(gradient, output)];
