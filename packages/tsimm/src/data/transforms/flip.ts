/** Mirror images. */
import type { Image } from "./image.ts";

/**
 * Exchanges left and right.
 *
 * @param image - The image.
 * @example
 * flipHorizontally({ width: 3, height: 1, channels: 1, data: new Uint8Array([1, 2, 3]) }).data; // => Uint8Array [3, 2, 1]
 */
export function flipHorizontally(image: Image): Image {
  const { width, height, channels, data: source } = image;
  const data = new Uint8Array(source.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = width - 1; x >= 0; x--) {
      const from = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) data[to++] = source[from + c] ?? 0;
    }
  }
  return { ...image, data };
}

/**
 * Exchanges top and bottom.
 *
 * @param image - The image.
 */
export function flipVertically(image: Image): Image {
  const { width, height, channels, data: source } = image;
  const data = new Uint8Array(source.length);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    data.set(source.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  }
  return { ...image, data };
}
