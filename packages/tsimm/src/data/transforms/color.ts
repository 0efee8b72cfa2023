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
  const { data: luminances } = grayscale(image);
  const scaled = Float32Array.from({ length: 511 }, (_, i) => Math.fround(factor) * (i - 255));
  const source = image.data;
  const data = new Uint8Array(source.length);
  for (let pixel = 0; pixel < luminances.length; pixel++) {
    const luminance = luminances[pixel] ?? 0;
    for (let i = 3 * pixel; i < 3 * pixel + 3; i++) {
      const difference = (source[i] ?? 0) - luminance;
      data[i] = truncated(Math.fround(luminance + (scaled[difference + 255] ?? 0)));
    }
  }
  return { ...image, data };
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
  const table = Uint8Array.from({ length: 256 }, (_, value) => {
    const change = Math.fround(Math.fround(factor) * (value - level));
    return truncated(Math.fround(level + change));
  });
  return { ...image, data: image.data.map((value) => table[value] ?? 0) };
}

/** Clamps before truncating, as a conversion to uint8 would wrap. */
function truncated(value: number): number {
  return Math.min(255, Math.max(0, Math.trunc(value)));
}
