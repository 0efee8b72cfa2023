/** Batches of features of images, each computed once. */
import { keyedRandom } from "../../random/keyed-random.ts";
import { batchLabels } from "../../task/labels.ts";
import type { Batch, DatasetLoader, DecodedBatch, Loader } from "../batch.ts";
import type { ImageDataset } from "../image-dataset.ts";
import { createSampler, type Sampling } from "../sampling.ts";
import type { FeatureStore } from "./feature-store.ts";

/** Computes features of images: uint8 [B, H, W, C] -> float32 [B, F]. */
export type FeatureFunction = (images: Uint8Array, count: number) => Promise<Float32Array>;

/** Options of {@link createFeatureLoader}. */
export interface FeatureLoaderOptions {
  /** Images in a batch, an integer >= 1. */
  readonly batchSize: number;
  /** Reads the images; its transform makes the crops. */
  readonly images: DatasetLoader;
  /** Crops of each image, an integer >= 1: epoch e takes number e modulo this. */
  readonly crops: number;
  /** Chance of the mirror image, whose features are kept beside the others; 0: there are none. */
  readonly hflip: number;
  readonly sampling: Sampling;
  /** A safe integer. */
  readonly seed: number;
  /** F. */
  readonly width: number;
  /** With a row for each image, crop and mirror image. */
  readonly store: FeatureStore;
  readonly compute: FeatureFunction;
}

/** Rows of the store of {@link createFeatureLoader}. */
export function featureRows(
  { samples }: Pick<ImageDataset, "samples">,
  { crops, hflip }: Pick<FeatureLoaderOptions, "crops" | "hflip">,
): number {
  return samples.length * crops * (hflip > 0 ? 2 : 1);
}

/** Images that are decoded ahead, in batches. */
const ahead = 3;

/**
 * Makes a loader of features for training, in the order of a loader of images with the same seed.
 *
 * An epoch computes what it needs and no earlier one has: the first costs one evaluation of the images, later ones
 * nearly nothing. An unreadable image is replaced by the next one of the data set.
 */
export function createFeatureLoader(dataset: ImageDataset, options: FeatureLoaderOptions): Loader {
  const { batchSize, images, crops, hflip, seed, width, store, compute } = options;
  const { samples } = dataset;
  const count = samples.length;
  const length = Math.floor(count / batchSize);
  const order = createSampler("createFeatureLoader", dataset, { sampling: options.sampling, seed });
  /** For each sample, the one whose image takes its place. */
  const actual = Uint32Array.from(samples.keys());

  /** The rows of an epoch, in its order. */
  function rowsOf(epoch: number): readonly Row[] {
    const crop = epoch % crops;
    const indices = order(epoch).indices.subarray(0, length * batchSize);
    return Array.from(indices, (index) => {
      const isMirrored = hflip > 0 && keyedRandom(seed, "augment", "mirror", epoch, index).uniform() < hflip;
      const variant = hflip > 0 ? crop * 2 + Number(isMirrored) : crop;
      return { index, crop, isMirrored, row: variant * count + index };
    });
  }

  /** Decodes images in the order of the rows; of unreadable ones the next that can be read. */
  async function decode(rows: readonly Row[]): Promise<DecodedRows> {
    const crop = rows[0]?.crop ?? 0;
    const decoded = await images.read(
      Uint32Array.from(rows, ({ index }) => index),
      crop,
    );
    return decoded.size === rows.length ? { rows, decoded } : await decodeSingly(rows, crop);
  }

  async function decodeSingly(rows: readonly Row[], crop: number): Promise<DecodedRows> {
    const singles: Omit<DecodedBatch, "waited">[] = [];
    for (const { index } of rows) {
      for (let at = index, tries = 0; ; at = (at + 1) % count, tries++) {
        const one = await images.read(Uint32Array.of(at), crop);
        if (one.size === 1) {
          singles.push(one);
          break;
        }
        if (tries >= count) throw new Error("createFeatureLoader: there must be an image that can be read");
      }
    }
    const pixels = singles.map((one) => one.images);
    const joined = new Uint8Array(pixels.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const part of pixels) {
      joined.set(part, offset);
      offset += part.length;
    }
    const indices = Int32Array.from(singles, (one) => one.indices[0] ?? 0);
    return { rows, decoded: { images: joined, indices, size: rows.length } };
  }

  async function fill({ rows, decoded }: DecodedRows): Promise<void> {
    for (const [place, { index, isMirrored }] of rows.entries()) {
      actual[index] = decoded.indices[place] ?? index;
      if (isMirrored) mirror(decoded.images, place, images.inputSize);
    }
    const features = await compute(decoded.images, rows.length);
    await store.write(
      rows.map(({ row }) => row),
      features,
    );
  }

  return {
    batchSize,
    inputSize: [width, 1, 1],
    input: "float32",
    length,
    samples: length * batchSize,
    async *batches(epoch, firstBatch = 0) {
      const rows = rowsOf(epoch);
      const needed = rows.slice(firstBatch * batchSize);
      const missing = [...new Map(needed.map((one) => [one.row, one])).values()].filter(
        ({ row }) => !store.has(row),
      );
      const chunks = chunked(missing, images.batchSize);
      const begun: Promise<DecodedRows>[] = [];
      const begin = () => {
        for (let chunk = chunks[0]; chunk && begun.length < ahead; chunk = chunks[0]) {
          chunks.shift();
          const decoding = decode(chunk);
          decoding.catch(() => {}); // thrown where it is awaited
          begun.push(decoding);
        }
      };
      for (let batch = firstBatch; batch < length; batch++) {
        const started = performance.now();
        const own = rows.slice(batch * batchSize, (batch + 1) * batchSize);
        while (own.some(({ row }) => !store.has(row))) {
          begin();
          const next = begun.shift();
          if (next === undefined)
            throw new Error("createFeatureLoader: features of a batch must be computed");
          const decoded = await next;
          begin();
          await fill(decoded);
        }
        const indices = Int32Array.from(own, ({ index }) => actual[index] ?? index);
        yield {
          images: await store.read(own.map(({ row }) => row)),
          labels: batchLabels(Array.from(indices, (index) => samples[index]?.label ?? 0)),
          ...{ size: own.length, indices, waited: (performance.now() - started) / 1000 },
        };
      }
    },
  };
}

/** Features of one image that an epoch needs. */
interface Row {
  /** Of the sample. */
  readonly index: number;
  readonly crop: number;
  readonly isMirrored: boolean;
  /** In the store. */
  readonly row: number;
}

interface DecodedRows {
  readonly rows: readonly Row[];
  readonly decoded: Pick<DecodedBatch, "images" | "indices" | "size">;
}

/**
 * Makes a loader of the features of validation images, computed in the first pass.
 *
 * @param images - In order.
 * @param width - F.
 */
export function createFeatureValidation(images: Loader, width: number, compute: FeatureFunction): Loader {
  const known: Batch[] = [];
  let isWhole = false;
  return {
    ...{ batchSize: images.batchSize, length: images.length, samples: images.samples },
    inputSize: [width, 1, 1],
    input: "float32",
    async *batches(epoch) {
      if (isWhole) {
        yield* known;
        return;
      }
      known.length = 0;
      for await (const batch of images.batches(epoch)) {
        if (!(batch.images instanceof Uint8Array)) {
          throw new TypeError("createFeatureValidation: images must be pixels, uint8 [B, H, W, C]");
        }
        const features = { ...batch, images: await compute(batch.images, batch.size) };
        known.push(features);
        yield features;
      }
      isWhole = true;
    },
  };
}

/** Exchanges left and right of one image of a batch, uint8 [B, H, W, C]. */
function mirror(
  images: Uint8Array,
  place: number,
  [channels, height, width]: readonly [number, number, number],
): void {
  const start = place * channels * height * width;
  const pixel = new Uint8Array(channels);
  for (let y = 0; y < height; y++) {
    for (let left = 0; left < width >> 1; left++) {
      const a = start + (y * width + left) * channels;
      const b = start + (y * width + width - 1 - left) * channels;
      pixel.set(images.subarray(a, a + channels));
      images.copyWithin(a, b, b + channels);
      images.set(pixel, b);
    }
  }
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
