/** Decoding of whole batches on a pool. */
import { batchLabels } from "../task/labels.ts";
import type { BadImages } from "./bad-images.ts";
import type { DecodedBatch } from "./batch.ts";
import type { DecodePool } from "./decode-pool.ts";
import type { DecodedCache } from "./decoded-cache.ts";
import type { ImageDataset } from "./image-dataset.ts";
import { type ImageSource, readSample } from "./image-source.ts";
import type { DecodedSamples, DecodeJob } from "./sample-decoder.ts";

/** A batch of which some images may turn out to be unreadable. */
export interface BegunBatch {
  /** Samples asked for. */
  readonly wanted: Uint32Array;
  /** For each of them: chooses the random numbers of its transform. */
  readonly keys: Uint32Array;
  /** Samples decoded in their place. */
  readonly indices: Int32Array;
  /** uint8 [splits · B, H, W, C]: the first image of every sample, then the second ones, … */
  readonly images: Uint8Array;
  /** For each sample: why it could not be read, or null. */
  readonly failures: readonly (string | null)[];
}

/** What the batches of a pass share. */
type Pass = Required<Pick<DecodeJob, "transform" | "seed" | "epoch" | "splits">>;

type DecodedPixels = Pick<BegunBatch, "indices" | "images">;

/** What the passes over a data set share. */
export interface BatchDecoderParts {
  readonly dataset: ImageDataset;
  readonly pool: DecodePool;
  readonly badImages: BadImages;
  readonly cache: DecodedCache;
}

/** Decodes the batches of one pass over a data set. */
export class BatchDecoder {
  readonly #parts: BatchDecoderParts;
  readonly #pass: Pass;

  /**
   * @param parts - What other passes use too.
   * @param pass - Transform, seed, epoch, and images of each sample.
   */
  constructor(parts: BatchDecoderParts, pass: Pass) {
    this.#parts = parts;
    this.#pass = pass;
  }

  /**
   * Decodes samples, an equal part on each thread. In evaluation those known to be unreadable are left out.
   *
   * @param asked - Indices of the samples.
   * @param askedKeys - For each: chooses, with seed and epoch, the random numbers of its transform.
   */
  async begin(asked: Uint32Array, askedKeys: Uint32Array = asked): Promise<BegunBatch> {
    const { badImages } = this.#parts;
    const substitutes = this.#pass.transform.training;
    const wanted = substitutes ? asked : asked.filter((index) => !badImages.has(index));
    const keys = substitutes ? askedKeys : wanted;
    const indices = Int32Array.from(wanted, (index) => (substitutes ? badImages.substitute(index) : index));
    const part = Math.ceil(wanted.length / Math.max(1, this.#parts.pool.workers));
    const jobs: Promise<DecodedSamples>[] = [];
    for (let first = 0; first < wanted.length; first += part) {
      jobs.push(this.#decode(indices.subarray(first, first + part), keys.subarray(first, first + part)));
    }
    const parts = await Promise.all(jobs);
    const images = joined(splitBySplit(parts, this.#pass.splits));
    return { wanted, keys, indices, images, failures: parts.flatMap(({ failures }) => failures) };
  }

  /**
   * Replaces the unreadable samples of a batch; in evaluation leaves them out. Batches are to be finished in order,
   * so that warnings do not depend on which thread was faster.
   *
   * @param batch - What {@link begin} gave.
   * @throws Error if too many images are unreadable.
   */
  async finish(batch: BegunBatch): Promise<Omit<DecodedBatch, "waited">> {
    const { training } = this.#pass.transform;
    const { images, indices } = training ? await this.#replaced(batch) : this.#readable(batch);
    const { samples } = this.#parts.dataset;
    const shown = repeated(indices, this.#pass.splits);
    const labels = batchLabels(Array.from(shown, (index) => samples[index]?.label ?? 0));
    return { images, labels, indices: shown, size: shown.length };
  }

  async #replaced({ wanted, keys, indices, images, failures }: BegunBatch): Promise<DecodedPixels> {
    const size = indices.length;
    const { splits } = this.#pass;
    const length = images.length / (size * splits);
    for (let place = 0; place < size; place++) {
      let failure = failures[place] ?? null;
      while (failure !== null) {
        this.#parts.badImages.add(indices[place] ?? 0, failure);
        indices[place] = this.#parts.badImages.substitute(wanted[place] ?? 0);
        const one = await this.#decode(indices.subarray(place, place + 1), keys.subarray(place, place + 1));
        for (let split = 0; split < splits; split++) {
          const pixels = one.pixels.subarray(split * length, (split + 1) * length);
          images.set(pixels, (split * size + place) * length);
        }
        failure = one.failures[0] ?? null;
      }
    }
    return { indices, images };
  }

  #readable({ indices, images, failures }: BegunBatch): DecodedPixels {
    for (const [place, failure] of failures.entries()) {
      if (failure !== null) this.#parts.badImages.add(indices[place] ?? 0, failure);
    }
    if (failures.every((failure) => failure === null)) return { indices, images };
    const length = images.length / indices.length;
    const kept = [...failures.keys()].filter((place) => failures[place] === null);
    return {
      indices: Int32Array.from(kept, (place) => indices[place] ?? 0),
      images: joined(kept.map((place) => images.subarray(place * length, (place + 1) * length))),
    };
  }

  /** A replacement is augmented with the numbers of the sample that it stands for. */
  async #decode(indices: Int32Array, keys: Uint32Array): Promise<DecodedSamples> {
    const { dataset, pool, cache } = this.#parts;
    const sources: ImageSource[] = [];
    if (dataset.source) for (const index of indices) sources.push(dataset.source(index));
    else sources.push(...(await Promise.all(this.#read(indices))));
    const samples = sources.map((source, place) => ({
      source,
      key: keys[place] ?? 0,
      image: cache.get(indices[place] ?? 0),
    }));
    const decoded = await pool.decode({ ...this.#pass, samples, keepBytes: cache.maxImageBytes });
    for (const [place, image] of decoded.kept.entries()) if (image) cache.set(indices[place] ?? 0, image);
    return decoded;
  }

  /** What is decoded already is not read again. */
  #read(indices: Int32Array): Promise<ImageSource>[] {
    const { dataset, cache } = this.#parts;
    return Array.from(indices, async (index) => cache.get(index) ?? readSample(dataset, index));
  }
}

/** The first images of all parts, then the second ones, … */
function splitBySplit(parts: readonly DecodedSamples[], splits: number): Uint8Array[] {
  return Array.from({ length: splits }, (_, split) =>
    parts.map(({ pixels }) => {
      const length = pixels.length / splits;
      return pixels.subarray(split * length, (split + 1) * length);
    }),
  ).flat();
}

function repeated(indices: Int32Array, times: number): Int32Array {
  if (times === 1) return indices;
  return Int32Array.from({ length: times * indices.length }, (_, i) => indices[i % indices.length] ?? 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
