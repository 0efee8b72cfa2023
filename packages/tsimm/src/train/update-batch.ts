/** A batch as an update takes it. */
import type { Batch } from "../data/batch.ts";
import { drawMixing, mixImages } from "../data/mixup.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { UpdateBatch } from "../update/updater.ts";
import type { FitLoopOptions } from "./fit.ts";

/** Point of a run at which a batch is taken. */
export interface BatchPoint {
  readonly epoch: number;
  readonly update: number;
  /** Number of the batch in its update. */
  readonly index: number;
}

/** Options of the loop that decide what becomes of a batch. */
export type BatchOptions = Required<
  Pick<FitLoopOptions, "task" | "mixing" | "mixingOffEpoch" | "seed" | "loader">
>;

/** Mixup or CutMix, and the targets of what comes out; the same draw at the same point. */
export function updateBatch(
  { images, labels, size: batchSize }: Batch,
  { epoch, update, index }: BatchPoint,
  { task, mixing, mixingOffEpoch, seed, loader }: BatchOptions,
): UpdateBatch {
  const isOff = mixing === null || (mixingOffEpoch > 0 && epoch >= mixingOffEpoch);
  if (isOff) return { images, targets: task.targets(labels) };
  const [, height, width] = loader.inputSize;
  const drawn = drawMixing(mixing, { height, width }, keyedRandom(seed, "mix", update, index));
  if (drawn.lambda === 1) return { images, targets: task.targets(labels) };
  return {
    images: mixImages(images, { batchSize, height, width }, drawn),
    targets: task.targets(labels, { labels: reversed(labels, batchSize), lambda: drawn.lambda }),
  };
}

/** The labels of the batch in reverse order. */
function reversed(labels: Batch["labels"], size: number): Batch["labels"] {
  if (labels instanceof Int32Array) return labels.toReversed();
  const width = labels.length / size;
  return labels.map((_, i) => labels[(size - 1 - Math.floor(i / width)) * width + (i % width)] ?? 0);
}
