import type { GradientRule } from "../gradient-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = x, broadcast: dx = sum of dy over the axes that were broadcast. */
export const expand: GradientRule = ({ gradient, input, math }) => [sumTo(math, gradient, input(0).shape)];
