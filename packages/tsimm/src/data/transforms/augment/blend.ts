/** Mixtures of two images, byte for byte as Pillow's `Image.blend`. */
import { Places } from "../../../wasm/loop-memory.ts";
import type { Image } from "../image.ts";
import { augmentLoops } from "./augment-loops.ts";

/**
 * Mixes two images: trunc(a + f·(b - a)), clamped, in float32.
 *
 * @param from - a.
 * @param to - b, of the same size.
 * @param factor - f; 0 gives a, 1 gives b.
 */
export function blend(from: Image, to: Image, factor: number): Image {
  if (factor === 0) return from;
  if (factor === 1) return to;
  const { length } = from.data;
  const places = new Places();
  const [a, b] = [places.take(length), places.take(length)];
  const { loops, memory } = augmentLoops(places.size);
  memory.set(from.data, a);
  memory.set(to.data, b);
  loops.blend(a, b, length, factor);
  return { ...from, data: memory.slice(b, b + length) };
}

/**
 * Sharpness: mixes an image with a smoothed one.
 *
 * @param image - The image.
 * @param factor - >= 0; 0 gives the smoothed image, 1 the image, more sharpens.
 * @see Pillow `src/PIL/ImageEnhance.py`, `Sharpness`
 */
export function adjustSharpness(image: Image, factor: number): Image {
  const { width, height, channels, data } = image;
  if (width < 3 || height < 3) return image;
  const places = new Places();
  const [original, smooth] = [places.take(data.length), places.take(data.length)];
  const { loops, memory } = augmentLoops(places.size);
  memory.set(data, original);
  memory.set(data, smooth);
  loops.smooth(original, smooth, width, height, channels);
  if (factor === 0) return { ...image, data: memory.slice(smooth, smooth + data.length) };
  loops.blend(smooth, original, data.length, factor);
  return { ...image, data: memory.slice(original, original + data.length) };
}

/** An image and its share of a {@link weightedSum}. */
export interface WeightedImage {
  readonly image: Image;
  readonly weight: number;
}

/**
 * Weighted sum of images, truncated and clamped, in float32.
 *
 * @param parts - At least one; all of one size.
 * @returns null without any.
 */
export function weightedSum(parts: readonly WeightedImage[]): Image | null {
  const [first] = parts;
  if (!first) return null;
  const { length } = first.image.data;
  const places = new Places();
  const [levels, sums] = [places.take(length), places.take(4 * length)];
  const { loops, memory } = augmentLoops(places.size);
  memory.fill(0, sums, sums + 4 * length);
  for (const { image, weight } of parts) {
    memory.set(image.data, levels);
    loops.addWeighted(sums, levels, length, weight);
  }
  loops.truncateSums(sums, levels, length);
  return { ...first.image, data: memory.slice(levels, levels + length) };
}
