import type { GradientRule } from "../gradient-rule.ts";
import { overInput } from "./reduced.ts";

/** y = ln(sum of x): dx = dy / exp(y). */
export const reduceLogSum: GradientRule = (context) => {
  const { gradient, input, output, math } = context;
  return [math.expand(overInput(context, math.div(gradient, math.unary("Exp", output))), input(0).shape)];
};

/** y = ln(sum of exp(x)): dx = dy exp(x - y). */
export const reduceLogSumExp: GradientRule = (context) => {
  const { gradient, input, output, math } = context;
  const share = math.unary("Exp", math.sub(input(0), overInput(context, output)));
  return [math.mul(share, overInput(context, gradient))];
};
