/** The random resized crop: which part of an image training sees. */
import type { RandomStream } from "../../random/keyed-random.ts";
import type { Box } from "./image.ts";
import { roundHalfToEven } from "./round-half-to-even.ts";

/** Range of the share of the image's area and of the aspect ratio (width / height) of a crop. */
export interface RandomResizedCropOptions {
  /** 0 < low <= high. */
  readonly scale: readonly [number, number];
  /** 0 < low <= high. */
  readonly ratio: readonly [number, number];
}

/**
 * Draws the rectangle of a random resized crop.
 *
 * Up to 10 tries: area A = U(scale)·W·H, ratio r = exp(U(ln r0, ln r1)), w = round(√(A·r)), h = round(√(A/r)),
 * placed uniformly if it fits. Else the largest centred rectangle whose ratio is in range.
 *
 * @param width - W, width of the image in pixels.
 * @param height - H, its height.
 * @param options - Ranges.
 * @param random - Where the numbers come from.
 * @returns A rectangle inside of the image, at least 1×1.
 * @see timm `timm/data/transforms.py`, `RandomResizedCropAndInterpolation`
 */
export function randomResizedCropBox(
  width: number,
  height: number,
  { scale, ratio }: RandomResizedCropOptions,
  random: RandomStream,
): Box {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = between(...scale) * width * height;
    const aspect = Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = pixels(Math.sqrt(area * aspect));
    const h = pixels(Math.sqrt(area / aspect));
    if (w <= width && h <= height) {
      const top = random.integer(height - h + 1);
      const left = random.integer(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  const inRatio = width / height;
  const w = inRatio > ratio[1] ? Math.min(width, pixels(height * ratio[1])) : width;
  const h = inRatio < ratio[0] ? Math.min(height, pixels(width / ratio[0])) : height;
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/** timm fails on an image so small that a side rounds to 0. */
function pixels(length: number): number {
  return Math.max(1, roundHalfToEven(length));
}
