/** The decoded images of a small data set, kept for the next epoch. */
import type { Image } from "./transforms/image.ts";

/** Bytes of pixels that a cache holds at most: tiny images decode slowly compared with the rest of the work. */
const CAPACITY = 64 * 2 ** 20;

/** Decoded images by index of the sample. */
export class DecodedCache {
  /** Largest image that is kept, in bytes: if all are as large, all fit. */
  readonly maxImageBytes: number;
  readonly #images = new Map<number, Image>();

  /** @param samples - Number of samples of the data set. */
  constructor(samples: number) {
    this.maxImageBytes = Math.floor(CAPACITY / samples);
  }

  /** The image of a sample, if it is kept. */
  get(index: number): Image | undefined {
    return this.#images.get(index);
  }

  /** Keeps the image of a sample. */
  set(index: number, image: Image): void {
    this.#images.set(index, image);
  }
}
