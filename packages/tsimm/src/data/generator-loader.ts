/** A loader whose batches a function of one's own makes. */
import { checkOptionNames } from "../option-names.ts";
import type { Batch, Loader } from "./batch.ts";

/** A batch that a generator gives: `size` follows from the images. */
export type GeneratedBatch = Omit<Batch, "size" | "waited">;

/** Options of {@link generatorLoader}. */
export interface GeneratorLoaderOptions {
  /**
   * Gives the batches of an epoch from `firstBatch` on, exactly `length - firstBatch` of them. The same epoch is to give
   * the same bytes; where a pass begins must not change them, so that a run that goes on in mid-epoch repeats nothing.
   */
  readonly batches: (
    epoch: number,
    firstBatch: number,
  ) => AsyncIterable<GeneratedBatch> | Iterable<GeneratedBatch>;
  /** Batches in an epoch, an integer >= 1. */
  readonly length: number;
  /** Images in a batch, an integer >= 1; the last one may have fewer. */
  readonly batchSize: number;
  /** [C, H, W] of the images. */
  readonly inputSize: readonly [number, number, number];
  /** Content of batches: pixels, the default, or normalised values. */
  readonly input?: "uint8" | "float32" | undefined;
  /** Images in an epoch; absent: `length * batchSize`. */
  readonly samples?: number | undefined;
}

const optionNames: { readonly [K in keyof Required<GeneratorLoaderOptions>]: true } = {
  ...{ batches: true, length: true, batchSize: true, inputSize: true, input: true, samples: true },
};

/**
 * Makes a loader of a generator function. Each batch is checked: its size, and that there are as many as declared.
 *
 * @param options - The function, and the sizes of its batches.
 * @throws RangeError if an option is out of range; while batches come, if one does not fit what was declared.
 * @example
 * const noise = generatorLoader({
 *   length: 3,
 *   batchSize: 2,
 *   inputSize: [1, 4, 4],
 *   *batches(epoch, firstBatch) {
 *     for (let batch = firstBatch; batch < 3; batch++) {
 *       const images = new Uint8Array(2 * 4 * 4).fill(16 * epoch + batch);
 *       yield { images, labels: Int32Array.of(0, 1) };
 *     }
 *   },
 * });
 * const levels: number[] = [];
 * for await (const { images } of noise.batches(1, 1)) levels.push(images[0]);
 * levels; // => [17, 18]
 */
export function generatorLoader(options: GeneratorLoaderOptions): Loader {
  checkOptionNames("generatorLoader", options, optionNames);
  if (typeof options.batches !== "function") {
    throw new TypeError(
      `generatorLoader: batches must be a function that gives batches, got ${typeof options.batches}`,
    );
  }
  const { length, batchSize, inputSize, input = "uint8", samples = length * batchSize } = options;
  for (const [name, value] of Object.entries({ length, batchSize, samples })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`generatorLoader: ${name} must be an integer >= 1, got ${value}`);
  }
  if (input !== "uint8" && input !== "float32") {
    throw new RangeError(`generatorLoader: input must be one of uint8, float32, got "${input}"`);
  }
  if (
    !Array.isArray(inputSize) ||
    inputSize.length !== 3 ||
    !inputSize.every((side) => Number.isSafeInteger(side) && side >= 1)
  ) {
    throw new RangeError(
      `generatorLoader: inputSize must be [C, H, W], integers >= 1, got ${JSON.stringify(inputSize)}`,
    );
  }
  return {
    batchSize,
    inputSize,
    input,
    length,
    samples,
    async *batches(epoch, firstBatch = 0) {
      let next = firstBatch;
      if (next >= length) return;
      const wrongCount = (got: string) =>
        new RangeError(
          `generatorLoader: batches(${epoch}, ${firstBatch}) must give ${length - firstBatch} batches, got ${got}; ` +
            `begin with batch ${firstBatch} and end with batch ${length - 1}`,
        );
      let start = performance.now();
      for await (const batch of options.batches(epoch, firstBatch)) {
        if (next >= length) throw wrongCount("more");
        const size = checkedSize(batch, options, next === length - 1);
        next++;
        yield { ...batch, size, waited: (performance.now() - start) / 1000 };
        start = performance.now();
      }
      if (next < length) throw wrongCount(String(next - firstBatch));
    },
  };
}

/** Images of a batch. */
function checkedSize(
  { images, labels, indices }: GeneratedBatch,
  { batchSize, inputSize, input = "uint8" }: GeneratorLoaderOptions,
  isLast: boolean,
): number {
  const Expected = input === "float32" ? Float32Array : Uint8Array;
  if (!(images instanceof Expected)) {
    throw new RangeError(
      `generatorLoader: images of a batch must be a ${Expected.name} as input is ${input}, got another; set input`,
    );
  }
  const [channels, height, width] = inputSize;
  const size = images.length / (channels * height * width);
  if (!(Number.isSafeInteger(size) && size >= 1 && size <= batchSize && (isLast || size === batchSize))) {
    throw new RangeError(
      `generatorLoader: images of a batch must have ${batchSize} * ${channels} * ${height} * ${width} numbers, ` +
        `got ${images.length}`,
    );
  }
  const isFitting = labels instanceof Float32Array ? labels.length % size === 0 : labels.length === size;
  if (!(isFitting && labels.length > 0)) {
    throw new RangeError(
      `generatorLoader: labels of a batch must be of its ${size} images, got ${labels.length}`,
    );
  }
  if (indices && indices.length !== size) {
    throw new RangeError(
      `generatorLoader: indices of a batch must be of its ${size} images, got ${indices.length}`,
    );
  }
  return size;
}
