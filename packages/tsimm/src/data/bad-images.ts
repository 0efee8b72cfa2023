/** Image files that cannot be read: in training the next one takes the place of each, up to a limit. */
import { printable } from "../text/printable.ts";
import type { Sample } from "./dataset.ts";

/** Samples looked at for one place in a batch before giving up. */
const MAX_TRIES = 20;
/** Unreadable images that do not end a run whatever their share, unless they are more than a fifth of the images. */
const HANDFUL = 4;

/** Options of {@link BadImages}. */
export interface BadImagesOptions {
  /** Share of the samples that may be unreadable, in [0, 1]; above 0 a handful may in any case. */
  readonly maxBadImages: number;
  /** Callback for each unreadable file, once. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The unreadable samples of a data set, as far as they are known. */
export class BadImages {
  readonly #samples: readonly Sample[];
  readonly #options: BadImagesOptions;
  readonly #indices = new Set<number>();

  /**
   * @param samples - All samples of the data set.
   * @param options - How many may be unreadable, and who hears of them.
   */
  constructor(samples: readonly Sample[], options: BadImagesOptions) {
    this.#samples = samples;
    this.#options = options;
  }

  /**
   * The sample itself, or the first after it that is not known to be unreadable.
   *
   * @param index - Index of a sample.
   * @throws Error if the 20 samples from `index` on are unreadable.
   */
  substitute(index: number): number {
    for (let i = 0; i < MAX_TRIES; i++) {
      const candidate = (index + i) % this.#samples.length;
      if (!this.#indices.has(candidate)) return candidate;
    }
    throw new Error(
      `Loader: at most ${MAX_TRIES - 1} images in a row may be unreadable, got ${MAX_TRIES} ` +
        `from ${this.#path(index)} on; check these files`,
    );
  }

  /** Whether a sample is known to be unreadable. */
  has(index: number): boolean {
    return this.#indices.has(index);
  }

  /**
   * Notes that a sample cannot be read.
   *
   * @param index - Index of the sample.
   * @param reason - Why.
   * @throws Error if these are more than the share that may be unreadable, and more than a handful.
   */
  add(index: number, reason: string): void {
    if (this.#indices.has(index)) return;
    this.#indices.add(index);
    const { maxBadImages, onWarning } = this.#options;
    onWarning?.(`Skipped sample (index ${index}): ${this.#path(index)}: ${printable(reason)}`);
    const total = this.#samples.length;
    const handful = maxBadImages > 0 ? Math.min(HANDFUL, Math.max(1, Math.floor(total / 5))) : 0;
    if (this.#indices.size > Math.max(maxBadImages * total, handful)) {
      throw new Error(
        `Loader: at most ${Number((100 * maxBadImages).toPrecision(6))} % of ${total} images may be unreadable ` +
          `(maxBadImages), got ${this.#indices.size}, the last ${this.#path(index)}: ${printable(reason)}; ` +
          "repair or remove them",
      );
    }
  }

  #path(index: number): string {
    return printable(this.#samples[index]?.path ?? "");
  }
}
