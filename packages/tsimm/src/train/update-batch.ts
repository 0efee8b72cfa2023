/** Batches of an update: mixed images and their targets. */
import type { Batch } from "../data/batch.ts";
import { drawMixing, mixImages } from "../data/mixup.ts";
import { eraseImages, normalizeImages } from "../data/random-erasing.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { UpdateBatch } from "../runtime/training-program.ts";
import type { Erasing, LoopSettings } from "./fit-options.ts";

/** Position of a batch in a run. */
export interface BatchPosition {
  /** From 0. */
  readonly epoch: number;
  /** Updates made before. */
  readonly update: number;
  /** Place of the batch in its update. */
  readonly index: number;
}

/** Applies mixup or CutMix by the settings, makes the targets, and erases. */
export function updateBatch(batch: Batch, settings: LoopSettings, position: BatchPosition): UpdateBatch {
  const mixed = mixedBatch(batch, settings, position);
  const { erasing } = settings;
  if (erasing === null) return mixed;
  return { ...mixed, images: erased(mixed.images, batch.size, { ...settings, erasing }, position) };
}

/** Bytes are normalised first: what is filled in is noise around the mean of all images. */
function erased(
  images: Batch["images"],
  batchSize: number,
  { erasing, seed, loader }: Pick<LoopSettings, "seed" | "loader"> & { erasing: Erasing },
  { update, index }: BatchPosition,
): Float32Array {
  const [channels, height, width] = loader.inputSize;
  const size = { batchSize, channels, height, width };
  const copy = images instanceof Uint8Array ? normalizeImages(images, size, erasing) : images.slice();
  eraseImages(copy, size, erasing, (image) => keyedRandom(seed, "erase", update, index, image));
  return copy;
}

function mixedBatch(
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
