/** Change of size, byte for byte as Pillow does it. */
import { type Box, crop, type Image } from "./image.ts";
import {
  type Interpolation,
  type ResamplingWeights,
  resamplingWeights,
  WEIGHT_BITS,
} from "./resampling-weights.ts";

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
  const weights = resamplingWeights(box.width, width, interpolation);
  const convolve = channels === 3 ? convolveColour : convolveGrey;
  for (let y = 0; y < box.height; y++) {
    const start = ((box.top + y) * image.width + box.left) * channels;
    convolve(image.data, start, weights, data, y * width * channels);
  }
  return { width, height: box.height, channels, data: bytes(data) };
}

// The loops below take most of the time of a resize; `?? 0` is there for the type only. A sum starts at one
// half and stays below 2^31: 255 · 2^22 times at most 1.25, the absolute weights of a bicubic kernel.

const HALF = 1 << (WEIGHT_BITS - 1);

function convolveColour(
  source: Uint8Array,
  start: number,
  { starts, counts, weights, stride }: ResamplingWeights,
  target: Uint8ClampedArray,
  to: number,
): void {
  for (let x = 0; x < starts.length; x++) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let from = start + (starts[x] ?? 0) * 3;
    const end = x * stride + (counts[x] ?? 0);
    for (let k = x * stride; k < end; k++) {
      const weight = weights[k] ?? 0;
      red = (red + Math.imul(source[from] ?? 0, weight)) | 0;
      green = (green + Math.imul(source[from + 1] ?? 0, weight)) | 0;
      blue = (blue + Math.imul(source[from + 2] ?? 0, weight)) | 0;
      from += 3;
    }
    target[to + x * 3] = red >> WEIGHT_BITS;
    target[to + x * 3 + 1] = green >> WEIGHT_BITS;
    target[to + x * 3 + 2] = blue >> WEIGHT_BITS;
  }
}

function convolveGrey(
  source: Uint8Array,
  start: number,
  { starts, counts, weights, stride }: ResamplingWeights,
  target: Uint8ClampedArray,
  to: number,
): void {
  for (let x = 0; x < starts.length; x++) {
    let sum = HALF;
    let from = start + (starts[x] ?? 0);
    const end = x * stride + (counts[x] ?? 0);
    for (let k = x * stride; k < end; k++) {
      sum = (sum + Math.imul(source[from] ?? 0, weights[k] ?? 0)) | 0;
      from++;
    }
    target[to + x] = sum >> WEIGHT_BITS;
  }
}

function resizeColumns(image: Image, height: number, interpolation: Interpolation): Image {
  const { width, channels, data: source } = image;
  const row = width * channels;
  const { starts, counts, weights, stride } = resamplingWeights(image.height, height, interpolation);
  const data = new Uint8ClampedArray(row * height);
  for (let y = 0; y < height; y++) {
    const first = y * stride;
    const end = first + (counts[y] ?? 0);
    const start = (starts[y] ?? 0) * row;
    for (let x = 0; x < row; x++) {
      let sum = HALF;
      let from = start + x;
      for (let k = first; k < end; k++) {
        sum = (sum + Math.imul(source[from] ?? 0, weights[k] ?? 0)) | 0;
        from += row;
      }
      data[y * row + x] = sum >> WEIGHT_BITS;
    }
  }
  return { width, height, channels, data: bytes(data) };
}

function bytes(clamped: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(clamped.buffer, clamped.byteOffset, clamped.length);
}
