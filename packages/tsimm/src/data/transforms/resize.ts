/** Change of size, byte for byte as Pillow does it. */
import { type Box, crop, type Image } from "./image.ts";
import { type Interpolation, resamplingWeights, WEIGHT_BITS } from "./resampling-weights.ts";

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** Pixels, >= 1. */
  readonly width: number;
  /** Pixels, >= 1. */
  readonly height: number;
  readonly interpolation: Interpolation;
  /** The part of the image to take, as if it were cut out first; absent: all of it. */
  readonly box?: Box;
}

/**
 * Resizes an image: rows first, then columns of the rounded rows; an axis whose size stays is left alone.
 *
 * @param image - The image.
 * @example
 * const image = { width: 2, height: 1, channels: 1, data: new Uint8Array([0, 200]) };
 * resize(image, { width: 4, height: 1, interpolation: "bilinear" }).data; // => Uint8Array [0, 50, 150, 200]
 * @see Pillow `src/libImaging/Resample.c`
 */
export function resize(image: Image, options: ResizeOptions): Image {
  const { width, height, interpolation } = options;
  const box = options.box ?? { left: 0, top: 0, width: image.width, height: image.height };
  if (box.width === width && box.height === height) return crop(image, box);
  const narrowed = box.width === width ? crop(image, box) : resizeRows(image, box, width, interpolation);
  return box.height === height ? narrowed : resizeColumns(narrowed, height, interpolation);
}

function resizeRows(image: Image, box: Box, width: number, interpolation: Interpolation): Image {
  const { channels } = image;
  const data = new Uint8ClampedArray(width * box.height * channels);
  const { starts, counts, weights, stride } = resamplingWeights(box.width, width, interpolation);
  const sum = channels === 3 ? weightedColour : weightedGrey;
  let to = 0;
  for (let y = 0; y < box.height; y++) {
    const row = ((box.top + y) * image.width + box.left) * channels;
    for (let x = 0; x < width; x++) {
      const from = row + (starts[x] ?? 0) * channels;
      sum(image.data, from, channels, weights, x * stride, counts[x] ?? 0, data, to);
      to += channels;
    }
  }
  return { width, height: box.height, channels, data: bytes(data) };
}

function resizeColumns(image: Image, height: number, interpolation: Interpolation): Image {
  const { width, channels } = image;
  const row = width * channels;
  const data = new Uint8ClampedArray(row * height);
  const { starts, counts, weights, stride } = resamplingWeights(image.height, height, interpolation);
  const sum = channels === 3 ? weightedColour : weightedGrey;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const start = (starts[y] ?? 0) * row;
    for (let x = 0; x < row; x += channels) {
      sum(image.data, start + x, row, weights, y * stride, counts[y] ?? 0, data, to);
      to += channels;
    }
  }
  return { width, height, channels, data: bytes(data) };
}

// A resize spends its time in the two functions below; `?? 0` is there for the type only. A sum starts at one
// half and stays below 2^31: 255 · 2^22 times at most 1.25, the absolute weights of a bicubic kernel.

const HALF = 1 << (WEIGHT_BITS - 1);

/** Adds up `count` pixels that lie `step` bytes apart. */
function weightedColour(
  source: Uint8Array,
  from: number,
  step: number,
  weights: Int32Array,
  first: number,
  count: number,
  target: Uint8ClampedArray,
  to: number,
): void {
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  let at = from;
  for (let k = first; k < first + count; k++) {
    const weight = weights[k] ?? 0;
    red = (red + Math.imul(source[at] ?? 0, weight)) | 0;
    green = (green + Math.imul(source[at + 1] ?? 0, weight)) | 0;
    blue = (blue + Math.imul(source[at + 2] ?? 0, weight)) | 0;
    at += step;
  }
  target[to] = red >> WEIGHT_BITS;
  target[to + 1] = green >> WEIGHT_BITS;
  target[to + 2] = blue >> WEIGHT_BITS;
}

/** The same for one channel. */
function weightedGrey(
  source: Uint8Array,
  from: number,
  step: number,
  weights: Int32Array,
  first: number,
  count: number,
  target: Uint8ClampedArray,
  to: number,
): void {
  let sum = HALF;
  let at = from;
  for (let k = first; k < first + count; k++) {
    sum = (sum + Math.imul(source[at] ?? 0, weights[k] ?? 0)) | 0;
    at += step;
  }
  target[to] = sum >> WEIGHT_BITS;
}

function bytes(clamped: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(clamped.buffer, clamped.byteOffset, clamped.length);
}
