/** The registry of losses. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import type { Loss } from "./loss.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

/** Name of a loss of {@link trainingGraph}. */
export type LossName = "softmax-cross-entropy" | "binary-cross-entropy";

/** Name -> loss. */
export const losses: Readonly<Record<LossName, Loss>> = {
  "softmax-cross-entropy": softmaxCrossEntropy,
  "binary-cross-entropy": binaryCrossEntropy,
};
