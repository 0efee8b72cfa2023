/** The data loader: shuffles, decodes ahead, and makes batches. */
import { checkOptionNames } from "../option-names.ts";
import { BadImages } from "./bad-images.ts";
import type { DatasetLoader } from "./batch.ts";
import { BatchDecoder, type BegunBatch } from "./batch-decoder.ts";
import { createDecodePool, type DecodePool } from "./decode-pool.ts";
import { DecodedCache } from "./decoded-cache.ts";
import { checkDataset, type ImageDataset } from "./image-dataset.ts";
import {
  createSampler,
  type EpochOrder,
  type SamplerOptions,
  type Sampling,
  samplesOfEpoch,
} from "./sampling.ts";
import { createTransform, type TransformOptions } from "./transforms/transform.ts";

/** Options of {@link createLoader}. */
export interface LoaderOptions {
  /** Images in a batch, an integer >= 1. */
  readonly batchSize: number;
  /**
   * What happens to each image. With `training: true` the samples are shuffled in each epoch and a last
   * partial batch is dropped; else they come in order and it is kept.
   */
  readonly transform: TransformOptions;
  /**
   * Order of training: `shuffle` (default) takes every sample once an epoch; `balanced` draws with replacement, so that
   * every class comes equally often on average. Of an image with several labels the rarest one counts as its class.
   */
  readonly sampling?: Sampling | undefined;
  /**
   * Repeated augmentation: each sample comes so often in succession, >= 1, and an epoch sees that much fewer samples;
   * default 0, off. In training only.
   */
  readonly augRepeats?: number | undefined;
  /**
   * Augmentation splits: the images of each sample in a batch, >= 2; default 0, one. The first has crop and flips alone, the
   * others the rest of the transform too, each its own. A batch has all first images, then all second ones, …, and as
   * many labels and indices: `augSplits` times `batchSize`. In training only.
   */
  readonly augSplits?: number | undefined;
  /** Seed of order and augmentation, a safe integer; default 42. */
  readonly seed?: number | undefined;
  /** Decoding threads, an integer >= 0; 0 decodes on the calling thread; default 4. No effect with `pool`. */
  readonly workers?: number | undefined;
  /** Decoding threads that other loaders use too; the loader does not close them. */
  readonly pool?: DecodePool | undefined;
  /**
   * Share of the images that may be unreadable, in [0, 1]; default 0.05. Unless it is 0, a handful may in any case:
   * 4 images, in small sets a fifth of them, at least 1.
   */
  readonly maxBadImages?: number | undefined;
  /** Callback for each unreadable image, once: `Skipped sample (index i): path: reason`. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

const optionNames: { readonly [K in keyof Required<LoaderOptions>]: true } = {
  ...{ batchSize: true, transform: true, sampling: true, seed: true, workers: true, pool: true },
  ...{ maxBadImages: true, onWarning: true, augRepeats: true, augSplits: true },
};

/** Batches that threads decode ahead of the one in use. */
const BATCHES_AHEAD = 3;

/**
 * Makes a loader.
 *
 * The bytes of a batch depend on the data set, `sampling`, `seed`, the epoch and the transform alone, never on `workers`.
 * In training an unreadable image is replaced by the next one of the data set. In evaluation it is left out: its
 * batch is smaller, and a batch without images is not given at all.
 *
 * @param dataset - The images.
 * @param options - Batches and transform.
 * @throws RangeError if an option is out of range, or the batch is larger than the training set.
 * @example
 * const size = { width: 4, height: 4, channels: 1 } as const;
 * const gray = (level: number) => ({ ...size, data: new Uint8Array(16).fill(level) });
 * const images = [gray(0), gray(20), gray(240)];
 * const dataset = memoryDataset({ images, labels: [0, 0, 1], classNames: ["dark", "light"] });
 * const transform = { training: false, inputSize: [1, 4, 4] } as const;
 * const loader = createLoader(dataset, { batchSize: 2, transform, workers: 0 });
 * const labels: number[][] = [];
 * for await (const batch of loader.batches(0)) labels.push([...batch.labels]);
 * labels; // => [[0, 0], [1]]
 * await loader.close();
 * @see timm `timm/data/loader.py`, `create_loader`
 */
export function createLoader(dataset: ImageDataset, options: LoaderOptions): DatasetLoader {
  checkOptionNames("createLoader", options, optionNames);
  checkDataset("createLoader", dataset);
  const { batchSize, transform, sampling = "shuffle", seed = 42, workers = 4, maxBadImages = 0.05 } = options;
  const { onWarning, augRepeats: repeats = 0, augSplits = 0 } = options;
  const all = dataset.samples.length;
  const samples = samplesOfEpoch(all, repeats);
  checkOptions(batchSize, transform, maxBadImages, samples);
  const splits = imagesOfSample(augSplits, transform);
  const order = createOrder(dataset, transform, { sampling, seed, repeats });
  const pool = options.pool ?? createDecodePool(workers);
  const parts = {
    dataset,
    pool,
    badImages: new BadImages(dataset.samples, { maxBadImages, onWarning }),
    cache: new DecodedCache(all),
  };
  const length = transform.training ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize);
  const batchesAhead = pool.workers > 0 ? BATCHES_AHEAD : 0;

  return {
    batchSize: batchSize * splits,
    inputSize: transform.inputSize,
    length,
    samples: transform.training ? length * batchSize * splits : samples,
    async *batches(epoch, firstBatch = 0) {
      const { indices, keys } = order(epoch);
      const decoder = new BatchDecoder(parts, { transform, seed, epoch, splits });
      const begun: Promise<BegunBatch>[] = [];
      let next = firstBatch;
      const begin = (count: number) => {
        while (begun.length < count && next < length) {
          const [from, to] = [next * batchSize, (next + 1) * batchSize];
          const batch = decoder.begin(indices.subarray(from, to), keys.subarray(from, to));
          batch.catch(() => {}); // thrown where the batch is awaited, if it ever is
          begun.push(batch);
          next++;
        }
      };
      while (true) {
        const start = performance.now();
        begin(Math.max(1, batchesAhead));
        const batch = begun.shift();
        if (!batch) return;
        const finished = await decoder.finish(await batch);
        begin(batchesAhead);
        if (finished.size === 0) continue;
        yield { ...finished, waited: (performance.now() - start) / 1000 };
      }
    },
    async read(indices, epoch) {
      const decoder = new BatchDecoder(parts, { transform, seed, epoch, splits });
      return await decoder.finish(await decoder.begin(indices));
    },
    async close() {
      if (!options.pool) await pool.close();
    },
  };
}

function createOrder(
  dataset: ImageDataset,
  { training }: TransformOptions,
  options: SamplerOptions,
): (epoch: number) => EpochOrder {
  if (training) return createSampler("createLoader", dataset, options);
  if (options.sampling === "balanced") {
    throw new RangeError(
      'createLoader: sampling must be absent in evaluation, got "balanced"; set transform.training to true or leave it out',
    );
  }
  if (options.repeats) {
    throw new RangeError(
      `createLoader: augRepeats must be 0 in evaluation, got ${options.repeats}; set transform.training to true or leave it out`,
    );
  }
  const indices = Uint32Array.from(dataset.samples.keys());
  return () => ({ indices, keys: indices });
}

function imagesOfSample(augSplits: number, transform: TransformOptions): number {
  const isAllowed = augSplits === 0 || (Number.isSafeInteger(augSplits) && augSplits >= 2);
  if (!isAllowed) {
    throw new RangeError(`createLoader: augSplits must be 0 or an integer >= 2, got ${augSplits}`);
  }
  if (augSplits > 0 && (!transform.training || transform.noAug)) {
    throw new RangeError(
      `createLoader: augSplits must be 0 without augmentation, got ${augSplits}; leave it out`,
    );
  }
  return Math.max(1, augSplits);
}

function checkOptions(
  batchSize: number,
  transform: TransformOptions,
  maxBadImages: number,
  samples: number,
): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`createLoader: batchSize must be an integer >= 1, got ${batchSize}`);
  }
  if (transform.training && batchSize > samples) {
    throw new RangeError(
      `createLoader: batchSize must be at most ${samples}, the number of training images, ` +
        `got ${batchSize}; choose a smaller batch or add images`,
    );
  }
  if (!(maxBadImages >= 0 && maxBadImages <= 1)) {
    throw new RangeError(`createLoader: maxBadImages must be a number in [0, 1], got ${maxBadImages}`);
  }
  createTransform(transform);
}
