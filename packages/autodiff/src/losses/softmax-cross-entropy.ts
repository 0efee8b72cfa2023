import { arithmetic } from "../graph/arithmetic.ts";
import { int } from "../graph/attributes.ts";
import { checkClassWeights, checkLossOptions, perClass, show } from "./check-loss-options.ts";
import type { Loss } from "./loss.ts";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions {
  /** One weight per class, finite, >= 0, one of them > 0; absent: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
  /**
   * Divisor of the sum over images: `batch` (the default), the number of images B, or `weights`, the weights
   * of the targets, sum of w_c q_c over images and classes.
   */
  readonly normalize?: "batch" | "weights" | undefined;
}

/** The smallest normal float32: a batch of nothing but classes of weight 0 has loss 0. */
const tiny = 2 ** -126;

/**
 * Softmax cross-entropy against dense targets: hard, smoothed, mixed and soft labels are all rows of q.
 *
 * loss = -sum over images and classes of w_c q_c log softmax(z)_c, / B.
 * dz = (softmax(z) sum_c w_c q_c - w q) / B.
 *
 * With weights, `normalize: "batch"` is PyTorch's `CrossEntropyLoss(weight=w)` for targets that are probabilities, and
 * micro-batches of equal size add up to their batch. `normalize: "weights"` is the same class for targets that are
 * class indices, as long as labels are hard: smoothed ones PyTorch divides by the weights of the true classes alone,
 * which a dense target does not tell.
 *
 * @returns A loss of logits [B, C] and targets [B, C], rows that sum to 1.
 * @throws RangeError for a weight or an option that is not allowed; when built, unless there is a weight per class.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("logits", "float32", [4, 3]);
 * const q = builder.input("target", "float32", [4, 3]);
 * const { loss, gradient } = softmaxCrossEntropy({ classWeights: [1, 1, 3.5] }).build(builder, z, q);
 * loss.shape; // => []
 * gradient.shape; // => [4, 3]
 * @see PyTorch `torch.nn.CrossEntropyLoss`
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  checkLossOptions("softmaxCrossEntropy", options, ["classWeights", "normalize"]);
  const { classWeights, normalize = "batch" } = options;
  if (classWeights) checkClassWeights("softmaxCrossEntropy: classWeights", classWeights);
  if (normalize !== "batch" && normalize !== "weights") {
    throw new RangeError(`softmaxCrossEntropy: normalize must be batch or weights, got ${show(normalize)}`);
  }
  return {
    ofRows: true,
    containsActivation: true,
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const [batch = 1] = logits.shape;
      const logProbs = builder.op("LogSoftmax", [logits], { axis: int(1) });
      const subject = "softmaxCrossEntropy: classWeights";
      const q = classWeights ? math.mul(target, perClass(builder, subject, classWeights, logits)) : target;
      const total = math.sum(math.mul(q, logProbs), [0, 1]);
      const weights =
        normalize === "weights" ? builder.op("Max", [math.sum(q, [0, 1]), math.constant(tiny)]) : undefined;
      const loss = math.div(total, weights ? math.unary("Neg", weights) : -batch);
      const expected = math.mul(math.unary("Exp", logProbs), math.sum(q, [1], true));
      return { loss, gradient: math.div(math.sub(expected, q), weights ?? batch) };
    },
  };
}
