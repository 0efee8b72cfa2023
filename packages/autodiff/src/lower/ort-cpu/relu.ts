/** The gradient of Relu without a branch. */
import type { GradientRule } from "../../gradients/gradient-rule.ts";
import { float } from "../../graph/attributes.ts";

/** Close to the largest float32, so that alpha y >= 1 for every normal number y > 0. */
const steepest = 3.4e38;

/**
 * y = max(x, 0): dx = dy times the step function of y.
 *
 * The step function of y >= 0 is spelled clip(alpha y, 0, 1), whose kernel is vectorised; those of Sign and Where are
 * not.
 */
export const relu: GradientRule = ({ gradient, output, builder, math }) => {
  const step = builder.op("HardSigmoid", [output], { alpha: float(steepest), beta: float(0) });
  return [math.mul(gradient, step)];
};
