import type { GradientRule } from "../gradient-rule.ts";

/** Reshape and Flatten: the gradient takes the shape of the input back. */
export const reshape: GradientRule = ({ gradient, input, math }) => [math.reshape(gradient, input(0).shape)];
