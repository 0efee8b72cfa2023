/** Batches of an update: mixed images and their targets. */
import type { Batch } from "../data/batch.ts";
import { drawMixing, mixImages } from "../data/mixup.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { UpdateBatch } from "../runtime/training-program.ts";
import type { LoopSettings } from "./fit-options.ts";

/** Position of a batch in a run. */
export interface BatchPosition {
  /** From 0. */
  readonly epoch: number;
  /** Updates made before. */
  readonly update: number;
  /** Place of the batch in its update. */
  readonly index: number;
}

/** Applies mixup or CutMix by the settings, and makes the targets. */
export function updateBatch(
  { images, labels, size: batchSize }: Batch,
  { task, mixing, mixingOffEpoch, seed, loader }: LoopSettings,
  { epoch, update, index }: BatchPosition,
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
