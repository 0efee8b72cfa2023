/** A loader of images that are pixels in memory. */
import { checkOptionNames } from "../option-names.ts";
import { batchLabels, type Label, type Labels } from "../task/labels.ts";
import type { Batch, Loader } from "./batch.ts";
import { isClassId } from "./image-dataset.ts";
import { createSampler, type Sampling } from "./sampling.ts";

/** Options of {@link arrayLoader}. */
export interface ArrayLoaderOptions {
  /** All images: pixels, uint8 [N, H, W, C], or normalised, float32 [N, C, H, W]. */
  readonly images: Uint8Array | Float32Array;
  /** [C, H, W] of an image. */
  readonly inputSize: readonly [number, number, number];
  /** Class ids, [N]; or one number per output, [N][outputs] or float32 [N, outputs]; for one output also [N]. */
  readonly labels: Labels | readonly Label[];
  /** Images in a batch, an integer >= 1. */
  readonly batchSize: number;
  /**
   * true: the images are taken in another order in each epoch, and a last partial batch is left out. false: they come in
   * order, and it is kept; the default.
   */
  readonly training?: boolean | undefined;
  /** Order of training; default `shuffle`. */
  readonly sampling?: Sampling | undefined;
  /** Seed of the order, a safe integer; default 42. */
  readonly seed?: number | undefined;
}

const optionNames: { readonly [K in keyof Required<ArrayLoaderOptions>]: true } = {
  ...{ images: true, inputSize: true, labels: true, batchSize: true, training: true, sampling: true },
  ...{ seed: true },
};

/**
 * Makes a loader of pixels in memory. They are taken as they are, without a transform; each batch is a copy.
 *
 * The order is that of {@link createLoader} for as many images and the same seed.
 *
 * @param options - Pixels, labels and batches.
 * @throws RangeError if lengths do not fit together, or an option is out of range.
 * @example
 * const images = Uint8Array.from({ length: 4 * 2 * 2 }, (_, i) => i);
 * const loader = arrayLoader({ images, inputSize: [1, 2, 2], labels: [0, 1, 0, 1], batchSize: 3 });
 * const sizes: number[] = [];
 * for await (const batch of loader.batches(0)) sizes.push(batch.size);
 * sizes; // => [3, 1]
 */
export function arrayLoader(options: ArrayLoaderOptions): Loader {
  checkOptionNames("arrayLoader", options, optionNames);
  const { images, inputSize, batchSize, training = false, seed = 42, sampling = "shuffle" } = options;
  const samples = countImages(options);
  if (typeof options.labels !== "object" || options.labels === null) {
    throw new TypeError(`arrayLoader: labels must be a list or an array, got ${String(options.labels)}`);
  }
  const labels = listLabels(options.labels, samples);
  checkBatchSize(batchSize, training, samples);
  const length = training ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize);
  const order = createOrder(labels, { training, seed, sampling });
  const pixels = images.length / samples;
  return {
    batchSize,
    inputSize,
    input: images instanceof Float32Array ? "float32" : "uint8",
    length,
    samples: training ? length * batchSize : samples,
    async *batches(epoch, firstBatch = 0) {
      const whole = order(epoch);
      for (let next = firstBatch; next < length; next++) {
        const start = performance.now();
        const indices = Int32Array.from(whole.subarray(next * batchSize, (next + 1) * batchSize));
        const size = indices.length;
        const taken: Label[] = [];
        const copy =
          images instanceof Float32Array ? new Float32Array(size * pixels) : new Uint8Array(size * pixels);
        for (const [place, index] of indices.entries()) {
          copy.set(images.subarray(index * pixels, (index + 1) * pixels), place * pixels);
          const label = labels[index];
          if (label !== undefined) taken.push(label);
        }
        const batch: Batch = { images: copy, labels: batchLabels(taken), indices, size };
        yield { ...batch, waited: (performance.now() - start) / 1000 };
      }
    },
  };
}

function createOrder(
  labels: readonly Label[],
  {
    training,
    ...options
  }: { readonly training: boolean; readonly seed: number; readonly sampling: Sampling },
): (epoch: number) => Uint32Array {
  if (!training) {
    if (options.sampling === "balanced") {
      throw new RangeError(
        'arrayLoader: sampling must be absent without training, got "balanced"; set training to true or leave it out',
      );
    }
    const inOrder = Uint32Array.from(labels.keys());
    return () => inOrder;
  }
  const samples = labels.map((label) => ({ path: "", label }));
  const outputs = labels.reduce<number>(
    (most, label) => Math.max(most, typeof label === "number" ? label + 1 : label.length),
    0,
  );
  const classNames = Array.from({ length: outputs }, (_, output) => String(output));
  const kind = labels.every(isClassId) ? { labelKind: "class" as const } : {};
  const sampler = createSampler("arrayLoader", { samples, classNames, ...kind }, options);
  return (epoch) => sampler(epoch).indices;
}

function countImages({ images, inputSize }: ArrayLoaderOptions): number {
  if (!(images instanceof Uint8Array || images instanceof Float32Array)) {
    throw new TypeError(
      "arrayLoader: images must be a Uint8Array [N, H, W, C] or a Float32Array [N, C, H, W]",
    );
  }
  if (
    !Array.isArray(inputSize) ||
    inputSize.length !== 3 ||
    !inputSize.every((side) => Number.isSafeInteger(side) && side >= 1)
  ) {
    throw new RangeError(
      `arrayLoader: inputSize must be [C, H, W], integers >= 1, got ${JSON.stringify(inputSize)}`,
    );
  }
  const [channels, height, width] = inputSize;
  const samples = images.length / (channels * height * width);
  if (Number.isSafeInteger(samples) && samples >= 1) return samples;
  throw new RangeError(
    `arrayLoader: images must have N * ${channels} * ${height} * ${width} numbers, N >= 1, got ${images.length}`,
  );
}

function listLabels(labels: Labels | readonly Label[], samples: number): readonly Label[] {
  if (labels instanceof Float32Array) {
    const outputs = labels.length / samples;
    if (Number.isSafeInteger(outputs) && outputs >= 1) {
      return Array.from({ length: samples }, (_, index) =>
        Array.from(labels.subarray(index * outputs, (index + 1) * outputs)),
      );
    }
  } else if (labels.length === samples) {
    const list: readonly Label[] = Array.from<Label>(labels);
    const [first] = list;
    const isAlike = (label: Label) =>
      typeof label === "number"
        ? typeof first === "number" && Number.isFinite(label)
        : Array.isArray(label) && Array.isArray(first) && label.length === first.length;
    const odd = list.findIndex((label) => !isAlike(label));
    if (odd < 0) return list.every(isClassId) ? list : list.map((label) => [label].flat());
    throw new RangeError(
      "arrayLoader: labels must all be finite numbers, or all lists of as many numbers, " +
        `got ${JSON.stringify(list[odd])} at ${odd}`,
    );
  }
  throw new RangeError(
    `arrayLoader: labels must have one for each of the ${samples} images, got ${labels.length}`,
  );
}

function checkBatchSize(batchSize: number, training: boolean, samples: number): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`arrayLoader: batchSize must be an integer >= 1, got ${batchSize}`);
  }
  if (training && batchSize > samples) {
    throw new RangeError(
      `arrayLoader: batchSize must be at most ${samples}, the number of training images, ` +
        `got ${batchSize}; choose a smaller batch or add images`,
    );
  }
}
