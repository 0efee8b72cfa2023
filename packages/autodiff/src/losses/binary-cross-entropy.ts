import { type Arithmetic, arithmetic } from "../graph/arithmetic.ts";
import type { Value } from "../graph/graph.ts";
import { elementCount } from "../graph/tensor.ts";
import { checkClassWeights, checkLossOptions, perClass, show } from "./check-loss-options.ts";
import type { Loss } from "./loss.ts";

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions {
  /** true: sum over classes, mean over images, as timm's `--bce-sum`; false (the default): mean over both. */
  readonly sumClasses?: boolean | undefined;
  /** Weight of positive targets, finite and > 0, one for all classes or one per class; absent: 1. */
  readonly posWeight?: number | readonly number[] | undefined;
  /** One weight per class, finite, >= 0, one of them > 0; absent: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
}

/**
 * Binary cross-entropy with logits: each class, the last axis of the logits, on its own.
 *
 * loss = mean over images and classes of -w (p q log s + (1 - q) log(1 - s)), s = sigmoid(z), p the weight of positive
 * targets, w that of the class; a mean is divided by the number of elements, not by their weights.
 * dz = w (l s - p q) / (B C), l = 1 + (p - 1) q.
 *
 * Written without overflow: without p, max(z, 0) - z q + log(1 + exp(-|z|)); with it,
 * (1 - q) z + l (max(-z, 0) + log(1 + exp(-|z|))).
 *
 * @returns A loss of logits and targets [B, C], or any other shape; targets in [0, 1].
 * @throws RangeError for a weight or an option that is not allowed; when built, unless there is a weight per class.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("logits", "float32", [4, 3]);
 * const q = builder.input("target", "float32", [4, 3]);
 * const { loss, gradient } = binaryCrossEntropy({ sumClasses: true, posWeight: 2 }).build(builder, z, q);
 * loss.shape; // => []
 * gradient.shape; // => [4, 3]
 * @see timm `timm/loss/binary_cross_entropy.py`
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): Loss {
  checkLossOptions("binaryCrossEntropy", options, ["sumClasses", "posWeight", "classWeights"]);
  const { sumClasses = false, posWeight, classWeights } = options;
  if (typeof sumClasses !== "boolean") {
    throw new RangeError(`binaryCrossEntropy: sumClasses must be true or false, got ${show(sumClasses)}`);
  }
  if (posWeight !== undefined) checkPosWeight(posWeight);
  if (classWeights) checkClassWeights("binaryCrossEntropy: classWeights", classWeights);
  return {
    containsActivation: true,
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const count = elementCount(logits.shape) / (sumClasses ? (logits.shape.at(-1) ?? 1) : 1);
      const positive =
        posWeight === undefined
          ? undefined
          : perClass(builder, "binaryCrossEntropy: posWeight", posWeight, logits);
      const byClass =
        classWeights && perClass(builder, "binaryCrossEntropy: classWeights", classWeights, logits);
      const ofClass = (value: Value) => (byClass ? math.mul(value, byClass) : value);
      const terms = positive
        ? weightedTerms(math, logits, target, positive)
        : plainTerms(math, logits, target);
      const each = ofClass(terms.each);
      const probs = math.unary("Sigmoid", logits);
      return {
        loss: math.div(math.sum(each, [...logits.shape.keys()]), count),
        gradient: math.div(ofClass(math.sub(terms.scaled(probs), terms.q)), count),
      };
    },
  };
}

/** Loss of each element, and the parts of its slope, scaled(s) - q. */
interface Terms {
  readonly each: Value;
  readonly q: Value;
  scaled(probs: Value): Value;
}

function plainTerms(math: Arithmetic, logits: Value, target: Value): Terms {
  const decay = math.unary("Exp", math.unary("Neg", math.unary("Abs", logits)));
  const linear = math.sub(math.unary("Relu", logits), math.mul(logits, target));
  const each = math.add(linear, math.unary("Log", math.add(decay, 1)));
  return { each, q: target, scaled: (probs) => probs };
}

function weightedTerms(math: Arithmetic, logits: Value, target: Value, positive: Value): Terms {
  const decay = math.unary("Exp", math.unary("Neg", math.unary("Abs", logits)));
  const softplus = math.add(
    math.unary("Relu", math.unary("Neg", logits)),
    math.unary("Log", math.add(decay, 1)),
  );
  const scale = math.add(math.mul(math.sub(positive, 1), target), 1);
  const each = math.add(math.mul(math.sub(1, target), logits), math.mul(scale, softplus));
  return { each, q: math.mul(positive, target), scaled: (probs) => math.mul(scale, probs) };
}

function checkPosWeight(posWeight: number | readonly number[]): void {
  const all: readonly unknown[] = Array.isArray(posWeight) ? posWeight : [posWeight];
  const fits = (value: unknown) => typeof value === "number" && value > 0 && Number.isFinite(value);
  if (all.length > 0 && all.every(fits)) return;
  throw new RangeError(
    `binaryCrossEntropy: posWeight must be a finite number > 0 or one per class, got ${show(posWeight)}`,
  );
}
