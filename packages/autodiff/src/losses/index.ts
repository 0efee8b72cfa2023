/** The registry of losses. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber } from "./huber.ts";
import type { Loss } from "./loss.ts";
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

/** Name -> loss. */
export const losses: Readonly<Record<LossName, Loss>> = {
  "softmax-cross-entropy": softmaxCrossEntropy,
  "binary-cross-entropy": binaryCrossEntropy,
  mse: meanSquaredError,
  l1: meanAbsoluteError,
  huber,
};

/** Losses that contain the activation of a classifier, so that they read what enters it. */
export const lossesOfLogits: readonly LossName[] = ["softmax-cross-entropy", "binary-cross-entropy"];
