/** Reading, decoding and transforming of samples, on whichever thread this runs. */
import { keyedRandom } from "../random/keyed-random.ts";
import { ByteReader } from "./byte-source.ts";
import { decodeImage } from "./decode.ts";
import { type ImageSource, inOneLine, withChannels } from "./image-source.ts";
import type { Image } from "./transforms/image.ts";
import { trainingStages } from "./transforms/training-transform.ts";
import { createTransform, type TransformOptions } from "./transforms/transform.ts";

/** Samples to decode, as plain data that can be sent to another thread. */
export interface DecodeJob {
  readonly transform: TransformOptions;
  readonly seed: number;
  readonly epoch: number;
  readonly samples: readonly {
    readonly source: ImageSource;
    /** Chooses, with seed and epoch, the random numbers of the transform. */
    readonly key: number;
    /** What the source was decoded to before, if it was kept. */
    readonly image?: Image | undefined;
  }[];
  /** Images of each sample: the first has crop and flips alone; absent: 1, the whole transform. */
  readonly splits?: number;
  /** Decoded images of up to so many bytes are given back to be kept; absent: none. */
  readonly keepBytes?: number;
}

/** What became of a {@link DecodeJob}. */
export interface DecodedSamples {
  /** uint8 [splits · N, H, W, C], the first image of every sample first; zeros where a sample could not be read. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** For each sample: why it could not be read, or null. */
  readonly failures: readonly (string | null)[];
  /** For each sample: what its file was decoded to, in shared memory, if it is to be kept. */
  readonly kept: readonly (Image | null)[];
}

/** Samples whose files are decoded at a time: what sharp decodes is on threads that Node keeps for such work. */
const DECODING_AT_ONCE = 2;

/** Decodes jobs. */
export class SampleDecoder {
  readonly #reader = new ByteReader();

  /**
   * Decodes a job. Where sharp decodes, the next files are decoded while an image is transformed.
   *
   * @param job - What to decode.
   * @param cancelled - Asked before each sample; once true, the rest stays zero.
   */
  async decode(job: DecodeJob, cancelled: () => boolean = () => false): Promise<DecodedSamples> {
    const { samples, splits = 1, keepBytes = 0 } = job;
    const [channels, height, width] = job.transform.inputSize;
    const imagesOf = createImages(job);
    const size = channels * height * width;
    const pixels = new Uint8Array(splits * samples.length * size);
    const failures: (string | null)[] = [];
    const kept: (Image | null)[] = [];
    const begun: Promise<Image | string>[] = [];
    for (const [place, sample] of samples.entries()) {
      if (cancelled()) break;
      for (const { source, image } of samples.slice(begun.length, place + DECODING_AT_ONCE)) {
        begun.push(image ? Promise.resolve(image) : this.#load(source, channels === 1 ? 1 : 3));
      }
      const image = (await begun[place]) ?? "was not begun";
      const readable = typeof image !== "string";
      failures.push(readable ? null : image);
      kept.push(readable && !sample.image && image.data.length <= keepBytes ? inSharedMemory(image) : null);
      if (!readable) continue;
      for (const [split, { data }] of imagesOf(image, sample.key).entries()) {
        pixels.set(data, (split * samples.length + place) * size);
      }
    }
    await Promise.all(begun);
    return { pixels, failures, kept };
  }

  /** Closes the files that are open. */
  close(): void {
    this.#reader.close();
  }

  /** The image, or why there is none. */
  async #load(source: ImageSource, channels: 1 | 3): Promise<Image | string> {
    try {
      if (source instanceof Uint8Array) return await decodeImage(source, channels);
      if ("failure" in source) return source.failure;
      if ("file" in source) return await decodeImage(this.#reader.read(source), channels);
      return withChannels(source, channels);
    } catch (error) {
      return inOneLine(error);
    }
  }
}

/** The images that are made of one, whose random numbers are those of a key. */
function createImages({
  transform,
  seed,
  epoch,
  splits = 1,
}: DecodeJob): (image: Image, key: number) => Image[] {
  const random = (...keys: number[]) => keyedRandom(seed, "augment", epoch, ...keys);
  if (splits === 1 || !transform.training) {
    const whole = createTransform(transform);
    return (image, key) => [whole(image, random(key))];
  }
  const { primary, secondary } = trainingStages(transform);
  return (image, key) => {
    const clean = primary(image, random(key));
    return Array.from({ length: splits }, (_, split) =>
      split === 0 ? clean : secondary(clean, random(key, split)),
    );
  };
}

function inSharedMemory(image: Image): Image {
  const data = new Uint8Array(new SharedArrayBuffer(image.data.length));
  data.set(image.data);
  return { ...image, data };
}
