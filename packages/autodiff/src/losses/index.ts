/** The losses that have a name. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber } from "./huber.ts";
import type { Loss, LossFunction } from "./loss.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

/**
 * Name of a loss of {@link trainingGraph}. Every target is dense, float32, of the shape of the logits.
 *
 * | name | logits | target | loss |
 * | --- | --- | --- | --- |
 * | `softmax-cross-entropy` | [B, C] | probabilities of the classes, rows that sum to 1 | mean over the batch |
 * | `binary-cross-entropy` | any shape | probabilities in [0, 1], each on its own | mean over all elements |
 * | `mse` | any shape | any numbers | mean of the squared differences |
 * | `l1` | any shape | any numbers | mean of the absolute differences |
 * | `huber` | any shape | any numbers | mean; squared up to a difference of 1, absolute beyond, as PyTorch's `HuberLoss` |
 */
export type LossName = "softmax-cross-entropy" | "binary-cross-entropy" | "mse" | "l1" | "huber";

/** Name -> loss, with the defaults of its factory. */
export const losses: Readonly<Record<LossName, Loss>> = {
  "softmax-cross-entropy": softmaxCrossEntropy(),
  "binary-cross-entropy": binaryCrossEntropy(),
  mse: meanSquaredError(),
  l1: meanAbsoluteError(),
  huber: huber(),
};

/** Names of losses. */
export const lossNames: readonly string[] = Object.keys(losses);

/** The loss that an option means: a name, a loss, or its function alone; undefined: it is none of these. */
export function lossOf(given: LossName | Loss | LossFunction): Loss | undefined {
  if (typeof given === "function") return { build: given };
  if (typeof given === "string") return Object.hasOwn(losses, given) ? losses[given] : undefined;
  return isLoss(given) ? given : undefined;
}

/** Whether a value has what a {@link Loss} needs. */
export function isLoss(given: unknown): given is Loss {
  return typeof given === "object" && given !== null && "build" in given && typeof given.build === "function";
}
