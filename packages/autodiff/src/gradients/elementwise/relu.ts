import { float } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** Close to the largest float32, so that alpha y >= 1 for every normal number y > 0. */
const steepest = 3.4e38;

/**
 * y = max(x, 0): dx = dy where y > 0, else 0.
 *
 * The step function of y >= 0 is spelled clip(alpha y, 0, 1), whose kernel is vectorised; that of Sign is not.
 */
export const relu: Rule = defineRule({
  op: "Relu",
  elementwise: true,
  gradient({ gradient, output, builder, math }) {
    const step = builder.op("HardSigmoid", [output], { alpha: float(steepest), beta: float(0) });
    return [math.mul(gradient, step)];
  },
});
