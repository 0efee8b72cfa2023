import type { GradientRule } from "../gradient-rule.ts";
import { overInput } from "./reduced.ts";

/** y = sum of |x|: dx = dy sign(x). */
export const reduceL1: GradientRule = (context) => {
  const { gradient, input, math } = context;
  return [math.mul(math.unary("Sign", input(0)), overInput(context, gradient))];
};

/** y = sqrt(sum of x^2): dx = dy x / y, 0 where y is 0. */
export const reduceL2: GradientRule = (context) => {
  const { gradient, input, output, math } = context;
  const share = math.where(math.positive(output), math.div(gradient, output), 0);
  return [math.mul(input(0), overInput(context, share))];
};

/** y = sum of x^2: dx = 2 dy x. */
export const reduceSumSquare: GradientRule = (context) => {
  const { gradient, input, math } = context;
  return [math.mul(input(0), overInput(context, math.mul(gradient, 2)))];
};
