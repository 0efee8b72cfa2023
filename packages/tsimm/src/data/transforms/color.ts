/** Brightness, contrast and saturation, byte for byte as Pillow's ImageEnhance. */
import type { Image } from "./image.ts";

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
  return blendWithLevel(image, 0, factor);
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
  const { data } = grayscale(image);
  let sum = 0;
  for (const luminance of data) sum += luminance;
  return blendWithLevel(image, Math.trunc(sum / data.length + 0.5), factor);
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
  if (image.channels === 1) return image;
  const luminances = grayscale(image).data;
  const float32Factor = Math.fround(factor);
  const source = image.data;
  const data = new Uint8ClampedArray(source.length);
  for (let pixel = 0, i = 0; pixel < luminances.length; pixel++) {
    const luminance = luminances[pixel] ?? 0;
    for (const end = i + 3; i < end; i++) data[i] = blend(luminance, source[i] ?? 0, float32Factor);
  }
  return { ...image, data: new Uint8Array(data.buffer) };
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

function blendWithLevel(image: Image, level: number, factor: number): Image {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value++) table[value] = blend(level, value, Math.fround(factor));
  const source = image.data;
  const data = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i++) data[i] = table[source[i] ?? 0] ?? 0;
  return { ...image, data };
}

/** `from` at factor 0, `to` at factor 1, in float32; truncated, still to be clamped. */
function blend(from: number, to: number, factor: number): number {
  return Math.fround(from + Math.fround(factor * (to - from))) | 0;
}
