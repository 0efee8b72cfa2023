/** Random crops of an image whose shorter side was resized to the crop's, timm's `rkrc` and `rkrr`. */
import type { RandomStream } from "../../random/keyed-random.ts";
import { type Box, crop, type Image } from "./image.ts";
import { mirroredPosition } from "./mirrored-position.ts";
import { roundHalfToEven } from "./round-half-to-even.ts";

/** Size in pixels. */
type Size = Pick<Box, "width" | "height">;

/** Ranges to draw from. */
export interface KeepRatioOptions {
  /** Share of the area that the crop takes, low and high. */
  readonly scale: readonly [number, number];
  /** Factor on width / height, low and high. */
  readonly ratio: readonly [number, number];
}

/** Chance of each of the two random changes of the size. */
const CHANCE = 0.5;

/**
 * Draws the size to which an image is resized: its shorter side becomes that of the target; then, each with chance 1/2,
 * both sides are divided by √U(scale), and width / height is multiplied by exp(U(ln ratio)).
 *
 * @param image - Size of the image.
 * @param target - Size of the crop.
 * @param options - Ranges.
 * @param random - Where the numbers come from.
 * @returns Pixels, >= 1 each.
 * @see timm `timm/data/transforms.py`, `ResizeKeepRatio`
 */
export function drawKeepRatioSize(
  image: Size,
  target: Size,
  { scale, ratio }: KeepRatioOptions,
  random: RandomStream,
): Size {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const shrink = Math.min(image.height / target.height, image.width / target.width);
  const factor = random.uniform() < CHANCE ? 1 / Math.sqrt(between(...scale)) : 1;
  const isStretched = random.uniform() < CHANCE;
  const aspect = isStretched ? Math.sqrt(Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])))) : 1;
  return {
    width: Math.max(1, roundHalfToEven((image.width * (factor * aspect)) / shrink)),
    height: Math.max(1, roundHalfToEven((image.height * (factor / aspect)) / shrink)),
  };
}

/**
 * The middle of an image, beyond its edges where it is smaller.
 *
 * @see timm `timm/data/transforms.py`, `CenterCropOrPad`
 */
export function centerBox(image: Size, { width, height }: Size): Box {
  const start = (have: number, want: number) =>
    want > have ? -Math.floor((want - have) / 2) : roundHalfToEven((have - want) / 2);
  return { left: start(image.width, width), top: start(image.height, height), width, height };
}

/**
 * A box anywhere inside of an image; where the image is smaller, anywhere around it.
 *
 * @see timm `timm/data/transforms.py`, `RandomCropOrPad`
 */
export function drawBox(image: Size, { width, height }: Size, random: RandomStream): Box {
  const start = (have: number, want: number) => {
    const drawn = random.integer(Math.abs(have - want) + 1);
    return want > have ? -drawn : drawn;
  };
  const top = start(image.height, height);
  return { left: start(image.width, width), top, width, height };
}

/**
 * Cuts a box out of an image that is continued by its mirror images.
 *
 * @param image - The image.
 * @param box - Any place.
 */
export function cropMirrored(image: Image, box: Box): Image {
  const { left, top, width, height } = box;
  const isInside = left >= 0 && top >= 0 && left + width <= image.width && top + height <= image.height;
  if (isInside) return crop(image, box);
  const { channels, data: source } = image;
  const columns = Int32Array.from(
    { length: width },
    (_, x) => mirroredPosition(left + x, image.width) * channels,
  );
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = mirroredPosition(top + y, image.height) * image.width * channels;
    for (const column of columns) {
      for (let c = 0; c < channels; c++) data[to++] = source[row + column + c] ?? 0;
    }
  }
  return { width, height, channels, data };
}
