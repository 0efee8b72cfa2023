/** Batches of an update: mixed images and their targets. */
import type { Batch } from "../data/batch.ts";
import { drawMixing, type MixupOptions, mixImages } from "../data/mixup.ts";
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

function mixedBatch(batch: Batch, settings: LoopSettings, position: BatchPosition): UpdateBatch {
  const { images, labels, size: batchSize } = batch;
  const { task, mixing, mixingOffEpoch, seed, loader } = settings;
  const { epoch, update, index } = position;
  const isOff = mixing === null || (mixingOffEpoch > 0 && epoch >= mixingOffEpoch);
  if (isOff) return { images, targets: task.targets(labels) };
  const [, height, width] = loader.inputSize;
  const { mixupMode = "batch" } = mixing;
  if (mixupMode !== "batch") return mixedApart(batch, { ...settings, mixing, mixupMode }, position);
  const drawn = drawMixing(mixing, { height, width }, keyedRandom(seed, "mix", update, index));
  if (drawn.lambda === 1) return { images, targets: task.targets(labels) };
  return {
    images: mixImages(images, { batchSize, height, width }, drawn),
    targets: task.targets(labels, { labels: reversed(labels, batchSize), lambda: drawn.lambda }),
  };
}

/** Every image, or pair of images, is mixed for itself. */
function mixedApart(
  { images, labels, size: batchSize }: Batch,
  settings: Pick<LoopSettings, "task" | "seed" | "loader"> & {
    readonly mixing: MixupOptions;
    readonly mixupMode: "pair" | "elem";
  },
  { update, index }: BatchPosition,
): UpdateBatch {
  const { task, mixing, mixupMode, seed, loader } = settings;
  const [, height, width] = loader.inputSize;
  const length = images.length / batchSize;
  const mixed = images.slice();
  const targets = task.targets(labels).slice();
  const outputs = targets.length / batchSize;
  for (let image = 0; image < batchSize; image++) {
    const partner = batchSize - 1 - image;
    // Of a pair the second image is mixed with the first; the one in the middle is its own partner.
    if (image === partner || (mixupMode === "pair" && image > partner)) continue;
    const drawn = drawMixing(mixing, { height, width }, keyedRandom(seed, "mix", update, index, image));
    if (drawn.lambda === 1) continue;
    const two = images.slice(0, 2 * length);
    for (const [place, one] of [image, partner].entries()) {
      two.set(images.subarray(one * length, (one + 1) * length), place * length);
    }
    const pair = labelsOf(labels, batchSize, [image, partner]);
    const mixedPair = mixImages(two, { batchSize: 2, height, width }, drawn);
    const others = { labels: reversed(pair, 2), lambda: drawn.lambda };
    const mixedTargets = task.targets(pair, others);
    for (const [place, one] of (mixupMode === "pair" ? [image, partner] : [image]).entries()) {
      mixed.set(mixedPair.subarray(place * length, (place + 1) * length), one * length);
      targets.set(mixedTargets.subarray(place * outputs, (place + 1) * outputs), one * outputs);
    }
  }
  return { images: mixed, targets };
}

/** Labels of some images of a batch. */
function labelsOf(labels: Batch["labels"], size: number, images: readonly number[]): Batch["labels"] {
  if (labels instanceof Int32Array) return Int32Array.from(images, (image) => labels[image] ?? 0);
  const width = labels.length / size;
  return Float32Array.from(
    images.flatMap((image) => [...labels.subarray(image * width, (image + 1) * width)]),
  );
}

/** The labels of the batch in reverse order. */
function reversed(labels: Batch["labels"], size: number): Batch["labels"] {
  if (labels instanceof Int32Array) return labels.toReversed();
  const width = labels.length / size;
  return labels.map((_, i) => labels[(size - 1 - Math.floor(i / width)) * width + (i % width)] ?? 0);
}
