import { arithmetic } from "../graph/arithmetic.ts";
import { int } from "../graph/attributes.ts";
import type { Loss } from "./loss.ts";

/**
 * loss = -mean over images of sum_c q_c log softmax(z)_c.
 *
 * Hard, smoothed, mixed and soft labels are all rows of q. dz = (softmax(z) sum_c q_c - q) / B.
 */
export const softmaxCrossEntropy: Loss = (builder, logits, target) => {
  const math = arithmetic(builder);
  const [batch = 1] = logits.shape;
  const logProbs = builder.op("LogSoftmax", [logits], { axis: int(1) });
  const loss = math.div(math.sum(math.mul(target, logProbs), [0, 1]), -batch);
  const expected = math.mul(math.unary("Exp", logProbs), math.sum(target, [1], true));
  return { loss, gradient: math.div(math.sub(expected, target), batch) };
};
