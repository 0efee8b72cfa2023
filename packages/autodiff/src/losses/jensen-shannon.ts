import { arithmetic } from "../graph/arithmetic.ts";
import { int } from "../graph/attributes.ts";
import { float32 } from "../graph/tensor.ts";
import { checkLossOptions, show } from "./check-loss-options.ts";
import type { Loss } from "./loss.ts";

/** Options of {@link jsdCrossEntropy}. */
export interface JsdCrossEntropyOptions {
  /** Equal parts S of the batch, an integer >= 2: several images of each sample, those of the first part first; absent: 3. */
  readonly numSplits?: number | undefined;
  /** Weight of the divergence, finite and >= 0; absent: 12. */
  readonly alpha?: number | undefined;
}

/** The mixture is limited to [least, 1], so that the divergence stays finite. */
const least = 1e-7;

/**
 * Softmax cross-entropy of the first part of a batch, and the Jensen-Shannon divergence of what the model makes of all
 * images of a sample (AugMix, arXiv:1912.02781).
 *
 * p_s = softmax(z_s) of part s, m = mean of p_s over the parts, limited; n = B / S samples.
 * loss = -sum over samples and classes of q log p_1 / n + alpha / (S n) sum over parts, samples and classes of
 * p_s (log p_s - log m); q the targets of the first part, those of the others do not count.
 * dz_s = alpha / (S n) p_s (g_s - sum_c p_s g_s), g_s = log p_s - log m, + 1 where m is limited; for the first part
 * (p_1 sum_c q - q) / n is added.
 *
 * @returns A loss of logits and targets [B, C].
 * @throws RangeError for an option that is not allowed; when built, unless the batch has S equal parts.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("logits", "float32", [6, 4]);
 * const q = builder.input("target", "float32", [6, 4]);
 * jsdCrossEntropy({ numSplits: 3 }).build(builder, z, q).gradient.shape; // => [6, 4]
 * @see timm `timm/loss/jsd.py`
 */
export function jsdCrossEntropy(options: JsdCrossEntropyOptions = {}): Loss {
  checkLossOptions("jsdCrossEntropy", options, ["numSplits", "alpha"]);
  const { numSplits = 3, alpha = 12 } = options;
  if (!(Number.isSafeInteger(numSplits) && numSplits >= 2)) {
    throw new RangeError(`jsdCrossEntropy: numSplits must be an integer >= 2, got ${show(numSplits)}`);
  }
  if (!(alpha >= 0 && Number.isFinite(alpha))) {
    throw new RangeError(`jsdCrossEntropy: alpha must be a finite number >= 0, got ${show(alpha)}`);
  }
  return {
    ofRows: true,
    containsActivation: true,
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const [batch = 1, classes = 1] = logits.shape;
      const samples = batch / numSplits;
      if (!Number.isInteger(samples)) {
        throw new RangeError(
          `jsdCrossEntropy: logits must have a multiple of ${numSplits} rows, got ${batch}; numSplits says how many images of a sample there are`,
        );
      }
      const parts = [numSplits, samples, classes];
      const ofFirst = new Float32Array(numSplits);
      ofFirst[0] = 1;
      const first = builder.constant(float32([numSplits, 1, 1], ofFirst));
      const q = math.mul(math.reshape(target, parts), first);
      const logProbs = math.reshape(builder.op("LogSoftmax", [logits], { axis: int(1) }), parts);
      const probs = math.unary("Exp", logProbs);
      const mean = math.div(math.sum(probs, [0], true), numSplits);
      const limited = builder.op("Clip", [mean, math.constant(least), math.constant(1)]);
      const difference = math.sub(logProbs, math.unary("Log", limited));
      const divergence = math.sum(math.mul(probs, difference), [0, 1, 2]);
      const crossEntropy = math.sum(math.mul(q, logProbs), [0, 1, 2]);
      const scale = alpha / (numSplits * samples);
      // The mixture's own slope is 1 in all, but where it is limited.
      const below = math.cast(builder.op("Less", [mean, math.constant(least)]), "float32");
      const slope = math.add(difference, below);
      const centred = math.sub(slope, math.sum(math.mul(probs, slope), [2], true));
      const ofDivergence = math.mul(math.mul(probs, centred), scale);
      const expected = math.mul(probs, math.sum(q, [2], true));
      const ofCrossEntropy = math.div(math.sub(expected, q), samples);
      return {
        loss: math.add(math.div(crossEntropy, -samples), math.mul(divergence, scale)),
        gradient: math.reshape(math.add(ofCrossEntropy, ofDivergence), logits.shape),
      };
    },
  };
}
