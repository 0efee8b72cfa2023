/** Gradients of activations in straight pieces, without a branch: kernels of Where and of comparisons are slow. */
import type { GradientContext, GradientRule } from "../../gradients/gradient-rule.ts";
import { float, readFloat } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";

/** Close to the largest float32, so that alpha y >= 1 for every normal number y > 0. */
const steepest = 3.4e38;

/**
 * y = max(x, 0): dx = dy times the step function of y.
 *
 * The step function of y >= 0 is spelled clip(alpha y, 0, 1), whose kernel is vectorised; that of Sign is not.
 */
export const relu: GradientRule = ({ gradient, output, builder, math }) => {
  const step = builder.op("HardSigmoid", [output], { alpha: float(steepest), beta: float(0) });
  return [math.mul(gradient, step)];
};

/** y = clip(alpha x + beta, 0, 1): dx = alpha dy times the indicator of 0 < y < 1. */
export const hardSigmoid: GradientRule = (context) => {
  const { gradient, output, attributes, math } = context;
  return [math.mul(gradient, math.mul(inside(context, output), readFloat(attributes, "alpha", 0.2)))];
};

/** y = x h(x), h(x) = clip(x / 6 + 1/2, 0, 1): dx = dy (h(x) + x / 6 times the indicator of 0 < h(x) < 1). */
export const hardSwish: GradientRule = (context) => {
  const { gradient, input, builder, math } = context;
  const x = input(0);
  const gate = builder.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
  const slope = math.add(gate, math.mul(math.mul(x, 1 / 6), inside(context, gate)));
  return [math.mul(gradient, slope)];
};

/** sign(y (1 - y)): 1 inside of (0, 1) and 0 at both ends. */
function inside({ math }: GradientContext, y: Value): Value {
  return math.unary("Sign", math.mul(y, math.sub(1, y)));
}
