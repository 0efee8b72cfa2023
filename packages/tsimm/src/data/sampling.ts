/** Order of the samples in an epoch of training. */
import { keyedRandom, permutation } from "../random/keyed-random.ts";
import type { Label } from "../task/labels.ts";
import { type LabelledImages, labelKindOf } from "./image-dataset.ts";

/**
 * Order of an epoch of training: `shuffle`, every sample once; `balanced`, with replacement, every class equally often
 * on average.
 */
export type Sampling = "shuffle" | "balanced";

/** The samples of an epoch of training. */
export interface EpochOrder {
  /** Indices of the samples, [N]. */
  readonly indices: Uint32Array;
  /** For each: chooses the random numbers of its transform, so that an image drawn twice is not augmented alike. */
  readonly keys: Uint32Array;
}

/** Options of {@link createSampler}. */
export interface SamplerOptions {
  readonly sampling: Sampling;
  /** A safe integer. */
  readonly seed: number;
  /** How often a sample comes in succession, >= 1, fractions allowed; absent or 0: repeated augmentation is off. */
  readonly repeats?: number | undefined;
}

/** Repeated epochs have as many samples as there are, rounded down to a multiple of that. */
const REPEATED_MULTIPLE = 256;

/**
 * Samples of an epoch of training.
 *
 * @param samples - Samples of the data set.
 * @param repeats - As in {@link SamplerOptions}.
 */
export function samplesOfEpoch(samples: number, repeats = 0): number {
  if (repeats === 0 || samples < REPEATED_MULTIPLE) return samples;
  return samples - (samples % REPEATED_MULTIPLE);
}

/**
 * The order of each epoch, a function of seed and epoch alone.
 *
 * `shuffle` is a permutation. `balanced` draws as many samples as there are: each time a group, uniformly among those
 * that have images, then an image of it, uniformly. That is torch's `WeightedRandomSampler` with weights
 * 1 / (images of the group). A group is a class; where an image can have several, see {@link balancedGroups}.
 *
 * With `repeats` each sample of the shuffled order comes so often in succession, each time with other random numbers, and
 * the epoch ends after as many samples as the data set has, rounded down to a multiple of 256 unless it is smaller: about
 * one in `repeats` is seen.
 *
 * @param where - Function named in errors.
 * @param images - Samples and their labels.
 * @param options - Kind of the order, and its seed.
 * @throws RangeError if `sampling` is neither, or `balanced` for labels that are numbers, or beside `repeats`.
 * @see timm `timm/data/distributed_sampler.py`, `RepeatAugSampler`
 * @see torch `torch/utils/data/sampler.py`, `WeightedRandomSampler`
 */
export function createSampler(
  where: string,
  images: LabelledImages,
  { sampling, seed, repeats = 0 }: SamplerOptions,
): (epoch: number) => EpochOrder {
  const length = images.samples.length;
  if (!(repeats === 0 || (repeats >= 1 && repeats < Number.POSITIVE_INFINITY))) {
    throw new RangeError(`${where}: augRepeats must be 0 or a number >= 1, got ${repeats}`);
  }
  if (repeats > 0 && sampling !== "shuffle") {
    throw new RangeError(
      `${where}: augRepeats must be 0 where sampling is ${sampling}, got ${repeats}; leave one of them out`,
    );
  }
  if (repeats > 0) {
    return (epoch) => {
      const order = permutation(length, keyedRandom(seed, "shuffle", epoch));
      const selected = samplesOfEpoch(length, repeats);
      const indices = Uint32Array.from({ length: selected }, (_, i) => order[Math.floor(i / repeats)] ?? 0);
      return { indices, keys: Uint32Array.from(indices.keys()) };
    };
  }
  if (sampling === "shuffle") {
    return (epoch) => {
      const indices = permutation(length, keyedRandom(seed, "shuffle", epoch));
      return { indices, keys: indices };
    };
  }
  if (sampling !== "balanced") {
    throw new RangeError(`${where}: sampling must be one of shuffle, balanced, got "${sampling}"`);
  }
  if (labelKindOf(images) === "number") {
    throw new RangeError(
      `${where}: sampling must be shuffle for labels that are numbers, got "balanced"; there are no classes to balance`,
    );
  }
  const groups = balancedGroups(images);
  return (epoch) => {
    const random = keyedRandom(seed, "shuffle", epoch, "balanced");
    const indices = new Uint32Array(length);
    for (let place = 0; place < length; place++) {
      const group = groups[random.integer(groups.length)];
      indices[place] = group?.[random.integer(group.length)] ?? 0;
    }
    return { indices, keys: Uint32Array.from(indices.keys()) };
  };
}

/**
 * The samples of each group that balanced sampling draws equally often. The group of an image is its class, or its most
 * probable one; of an image with several labels that which the fewest images have, of equals the first. Images without
 * any label are a group too.
 *
 * @param images - Samples with labels that are no numbers.
 * @returns Indices of samples, group by group; no group is empty.
 */
export function balancedGroups(images: LabelledImages): readonly Uint32Array[] {
  const counts = labelCounts(images);
  const groupOf =
    labelKindOf(images) === "class"
      ? (label: readonly number[]) => label.indexOf(Math.max(...label))
      : (label: readonly number[]) => rarestLabel(label, counts);
  const groups = new Map<number, number[]>();
  for (const [index, { label }] of images.samples.entries()) {
    const key = typeof label === "number" ? label : groupOf(label);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.keys()].sort((a, b) => a - b).map((key) => Uint32Array.from(groups.get(key) ?? []));
}

/** Index of the label that the fewest images have; -1 without any. */
function rarestLabel(label: readonly number[], counts: readonly number[]): number {
  let rarest = -1;
  for (const [output, value] of label.entries()) {
    if (value === 1 && (rarest < 0 || (counts[output] ?? 0) < (counts[rarest] ?? 0))) rarest = output;
  }
  return rarest;
}

/**
 * Images of each class, of probabilities their sum; where an image can have several labels, images that have each.
 *
 * @param dataset - A data set, or any object with its samples and class names.
 * @returns A count for each of `classNames`.
 * @throws RangeError if the labels are numbers, or not of these classes.
 * @example
 * const samples = [0, 2, 2].map((label) => ({ path: "a.png", label }));
 * labelCounts({ classNames: ["cat", "dog", "owl"], samples }); // => [1, 0, 2]
 */
export function labelCounts(dataset: LabelledImages): number[] {
  const { samples, classNames } = dataset;
  if (labelKindOf(dataset) === "number") {
    throw new RangeError("labelCounts: labels must be class ids or lists of 0 and 1, got numbers");
  }
  const counts = new Array<number>(classNames.length).fill(0);
  const add = (output: number, label: Label, images: number): void => {
    const before = counts[output];
    if (before === undefined) {
      throw new RangeError(
        `labelCounts: labels must be of ${classNames.length} classes, got ${JSON.stringify(label)}`,
      );
    }
    counts[output] = before + images;
  };
  for (const { label } of samples) {
    if (typeof label === "number") add(label, label, 1);
    else for (const [output, value] of label.entries()) if (value > 0) add(output, label, value);
  }
  return counts;
}
