/** Random erasing: boxes of normalised images are replaced by noise. */
import { checkOptionNames } from "../option-names.ts";
import type { RandomStream } from "../random/keyed-random.ts";
import type { Box } from "./transforms/image.ts";
import { checkChoice, checkProbability } from "./transforms/option-checks.ts";
import { roundHalfToEven } from "./transforms/round-half-to-even.ts";

/** Fills of erased boxes. */
export const ERASING_MODES = ["const", "rand", "pixel"] as const;

/** Options of {@link eraseImages}, under timm's names. */
export interface RandomErasingOptions {
  /** Probability that an image is erased in, in [0, 1]. */
  readonly reprob: number;
  /** Fill: `const`, 0, the mean of all images; `rand`, N(0, 1) for each channel; `pixel`, N(0, 1) for each number; default. */
  readonly remode?: (typeof ERASING_MODES)[number] | undefined;
  /** Most boxes of an image, an integer >= 1; as many as are drawn share the area. Default 1. */
  readonly recount?: number | undefined;
  /** The first of so many equal parts of a batch is left alone; 0 or 1: nothing is. Default 0. */
  readonly numSplits?: number | undefined;
  /** Mean of each channel, of pixels in [0, 1], that bytes are normalised with first; absent: the model's own. */
  readonly mean?: readonly number[] | undefined;
  /** Standard deviation of each channel, > 0; absent: the model's own. */
  readonly std?: readonly number[] | undefined;
}

/**
 * Refuses options out of range.
 *
 * @param where - Function and option named in errors.
 * @throws TypeError for what is no object, RangeError for an unknown option or a value out of range.
 */
export function checkErasing(where: string, options: RandomErasingOptions): void {
  checkOptionNames(where, options, {
    ...{ reprob: true, remode: true, recount: true, numSplits: true, mean: true, std: true },
  });
  const { reprob, remode = "pixel", recount = 1, numSplits = 0, mean = [], std = [] } = options;
  checkProbability(where, "reprob", reprob);
  checkChoice(where, "remode", remode, ERASING_MODES);
  for (const [name, value, least] of [
    ["recount", recount, 1],
    ["numSplits", numSplits, 0],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new RangeError(`${where}: ${name} must be an integer >= ${least}, got ${value}`);
  }
  for (const [name, list] of Object.entries({ mean, std })) {
    const least = name === "std" ? Number.MIN_VALUE : Number.NEGATIVE_INFINITY;
    if (Array.isArray(list) && list.every((value) => Number.isFinite(value) && value >= least)) continue;
    throw new RangeError(
      `${where}: ${name} must be a list of numbers${name === "std" ? " > 0" : ""}, got ${list}`,
    );
  }
}

/** Size of a batch of images. */
export interface ImagesSize {
  readonly batchSize: number;
  readonly channels: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/**
 * Normalises bytes: (x - 255·mean) / (255·std) per channel, with the float32 arithmetic of the graph that does it otherwise.
 *
 * @param images - uint8 [B, H, W, C].
 * @param size - B, C, H and W.
 * @param normalization - mean and std for each channel.
 * @returns float32 [B, C, H, W].
 * @throws RangeError if mean or std have not C numbers.
 */
export function normalizeImages(
  images: Uint8Array,
  { batchSize, channels, height, width }: ImagesSize,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Float32Array {
  if (mean.length !== channels || std.length !== channels) {
    throw new RangeError(
      `normalizeImages: mean and std must have ${channels} numbers, got ${mean.length} and ${std.length}`,
    );
  }
  const tables = mean.map((center, channel) => {
    const [shift, factor] = [Math.fround(255 * center), Math.fround(1 / (255 * (std[channel] ?? 1)))];
    return Float32Array.from({ length: 256 }, (_, level) => Math.fround(level - shift) * factor);
  });
  const plane = height * width;
  const normalised = new Float32Array(images.length);
  for (let image = 0; image < batchSize; image++) {
    const from = images.subarray(image * channels * plane, (image + 1) * channels * plane);
    for (const [channel, table] of tables.entries()) {
      const to = normalised.subarray(
        (image * channels + channel) * plane,
        (image * channels + channel + 1) * plane,
      );
      for (let pixel = 0, at = channel; pixel < plane; pixel++, at += channels) {
        to[pixel] = table[from[at] as number] as number;
      }
    }
  }
  return normalised;
}

/**
 * Erases boxes of images, in place.
 *
 * An image is chosen with probability `reprob`; it gets 1 … `recount` boxes of area U(0.02, 1/3) / count and aspect ratio
 * exp(U(ln 0.3, ln 1/0.3)), each tried 10 times at most.
 *
 * @param images - Normalised, float32 [B, C, H, W].
 * @param size - B, C, H and W.
 * @param options - What to draw from.
 * @param randomOf - Where the numbers of an image come from.
 * @see timm `timm/data/random_erasing.py`
 */
export function eraseImages(
  images: Float32Array,
  size: ImagesSize,
  options: RandomErasingOptions,
  randomOf: (image: number) => RandomStream,
): void {
  const { batchSize, channels, height, width } = size;
  const { remode = "pixel", numSplits = 0 } = options;
  const length = channels * height * width;
  const first = numSplits > 1 ? Math.floor(batchSize / numSplits) : 0;
  for (let image = first; image < batchSize; image++) {
    const random = randomOf(image);
    const boxes = drawErasedBoxes(size, options, random);
    const pixels = images.subarray(image * length, (image + 1) * length);
    for (const box of boxes) fillBox(pixels, size, box, remode, random);
  }
}

/** Area of a box as a share of the image's, and its height / width. */
const AREA = [0.02, 1 / 3] as const;
const LOG_ASPECT = Math.log(1 / 0.3);
const ATTEMPTS = 10;

/**
 * Draws the boxes of an image.
 *
 * @param size - Height and width.
 * @param options - Chance and count.
 * @param random - Where the numbers come from.
 * @returns None, if the image is not chosen.
 */
export function drawErasedBoxes(
  { height, width }: Pick<ImagesSize, "height" | "width">,
  { reprob, recount = 1 }: RandomErasingOptions,
  random: RandomStream,
): Box[] {
  if (random.uniform() >= reprob) return [];
  const count = recount === 1 ? 1 : 1 + random.integer(recount);
  const boxes: Box[] = [];
  for (let i = 0; i < count; i++) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const area = ((AREA[0] + (AREA[1] - AREA[0]) * random.uniform()) * height * width) / count;
      const aspect = Math.exp(LOG_ASPECT * (2 * random.uniform() - 1));
      const h = roundHalfToEven(Math.sqrt(area * aspect));
      const w = roundHalfToEven(Math.sqrt(area / aspect));
      if (!(w < width && h < height)) continue;
      const top = random.integer(height - h + 1);
      boxes.push({ left: random.integer(width - w + 1), top, width: w, height: h });
      break;
    }
  }
  return boxes;
}

function fillBox(
  pixels: Float32Array,
  { channels, height, width }: ImagesSize,
  box: Box,
  mode: (typeof ERASING_MODES)[number],
  random: RandomStream,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const level = mode === "rand" ? random.normal() : 0;
    for (let y = box.top; y < box.top + box.height; y++) {
      const start = (channel * height + y) * width + box.left;
      const end = start + box.width;
      if (mode === "pixel") fillNormal(pixels.subarray(start, end), random);
      else pixels.fill(level, start, end);
    }
  }
}

/** Fills with N(0, 1), by Marsaglia's polar method: two numbers from a point of the unit disk. */
function fillNormal(values: Float32Array, random: RandomStream): void {
  for (let i = 0; i < values.length; ) {
    const x = random.uint32() / 2 ** 31 - 1;
    const y = random.uint32() / 2 ** 31 - 1;
    const square = x * x + y * y;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    values[i++] = x * factor;
    if (i < values.length) values[i++] = y * factor;
  }
}
