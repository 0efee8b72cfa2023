/** Brightness, contrast and saturation, byte for byte as Pillow's ImageEnhance. */

import { LOOP_MARGIN } from "../../wasm/loop-memory.ts";
import type { Image } from "./image.ts";
import { type PixelLoops, pixelLoops } from "./pixel-loops.ts";

/** An image in the memory of the loops, changed in place. */
export interface LoadedImage extends PixelLoops {
  readonly channels: 1 | 3;
  /** Number of pixels; they start at address 0. */
  readonly pixels: number;
}

/** A change of the image in place; factor >= 0, of which 1 changes nothing. */
export type ColorChange = (image: LoadedImage, factor: number) => void;

/**
 * Changes a copy of an image.
 *
 * @param image - The image.
 * @param change - Changes it in place.
 */
export function changed(image: Image, change: (loaded: LoadedImage) => void): Image {
  const { channels, data } = image;
  const loaded = { ...pixelLoops(data.length + LOOP_MARGIN), channels, pixels: data.length / channels };
  loaded.memory.set(data);
  change(loaded);
  return { ...image, data: loaded.memory.slice(0, data.length) };
}

/** {@link adjustBrightness} in place. */
export const changeBrightness: ColorChange = ({ loops, pixels, channels }, factor) => {
  loops.blendWithLevel(0, pixels * channels, 0, factor);
};

/** {@link adjustContrast} in place. */
export const changeContrast: ColorChange = ({ loops, memory, pixels, channels }, factor) => {
  const sum = channels === 3 ? loops.sumOfLuminances(0, pixels) : sumOfLevels(memory.subarray(0, pixels));
  loops.blendWithLevel(0, pixels * channels, Math.trunc(sum / pixels + 0.5), factor);
};

/** {@link adjustSaturation} in place. */
export const changeSaturation: ColorChange = ({ loops, pixels, channels }, factor) => {
  if (channels === 3) loops.blendWithLuminance(0, pixels, factor);
};

/**
 * Brightness: mixes the image with black.
 *
 * out = trunc(f·v), clamped to 0 … 255, in float32.
 *
 * @param image - The image.
 * @param factor - f >= 0; 0 gives black, 1 the image, more brightens.
 * @example
 * adjustBrightness({ width: 2, height: 1, channels: 1, data: new Uint8Array([10, 200]) }, 1.5).data; // => Uint8Array [15, 255]
 */
export function adjustBrightness(image: Image, factor: number): Image {
  return changed(image, (loaded) => changeBrightness(loaded, factor));
}

/**
 * Contrast: mixes the image with its mean luminance.
 *
 * out = trunc(m + f·(v - m)), clamped, in float32; m = trunc(mean(L) + 0.5).
 *
 * @param image - The image.
 * @param factor - f >= 0; 0 gives uniform grey, 1 the image, more strengthens.
 */
export function adjustContrast(image: Image, factor: number): Image {
  return changed(image, (loaded) => changeContrast(loaded, factor));
}

/**
 * Saturation: mixes the image with its luminance.
 *
 * out = trunc(L + f·(v - L)), clamped, in float32. A luminance image stays as it is.
 *
 * @param image - The image.
 * @param factor - f >= 0; 0 gives grey, 1 the image, more strengthens.
 */
export function adjustSaturation(image: Image, factor: number): Image {
  return changed(image, (loaded) => changeSaturation(loaded, factor));
}

/**
 * Luminance (ITU-R 601): L = (19595 R + 38470 G + 7471 B + 2^15) >> 16, Pillow's `convert("L")`.
 *
 * @param image - An image of 1 or 3 channels.
 * @returns An image of 1 channel.
 */
export function grayscale(image: Image): Image {
  if (image.channels === 1) return image;
  const { width, height, data: source } = image;
  const data = new Uint8Array(width * height);
  for (let pixel = 0, i = 0; pixel < data.length; pixel++, i += 3) {
    const red = source[i] ?? 0;
    const green = source[i + 1] ?? 0;
    const blue = source[i + 2] ?? 0;
    data[pixel] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data };
}

function sumOfLevels(levels: Uint8Array): number {
  let sum = 0;
  for (const level of levels) sum += level;
  return sum;
}
