import type { GradientRule } from "../gradient-rule.ts";

/** y = min(max(x, low), high): dx = dy where y = x, else 0; the bounds receive nothing. */
export const clip: GradientRule = ({ gradient, input, output, builder, math }) => {
  const kept = builder.op("Equal", [input(0), output]);
  return [math.where(kept, gradient, 0)];
};
