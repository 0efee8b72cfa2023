import type { GradientRule } from "../gradient-rule.ts";

/** y = sqrt(x): dx = dy / 2y. */
export const sqrt: GradientRule = ({ gradient, output, math }) => [math.div(math.mul(gradient, 0.5), output)];
