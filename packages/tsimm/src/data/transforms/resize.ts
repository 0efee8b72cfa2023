/** Change of size, byte for byte as Pillow does it. */

import { Places } from "../../wasm/loop-memory.ts";
import { flipHorizontally } from "./flip.ts";
import { type Box, crop, type Image } from "./image.ts";
import { pixelLoops } from "./pixel-loops.ts";
import { type Interpolation, mirroredWeights, resamplingWeights } from "./resampling-weights.ts";

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** Pixels, >= 1. */
  readonly width: number;
  /** Pixels, >= 1. */
  readonly height: number;
  readonly interpolation: Interpolation;
  /** The part of the image to take, as if it were cut out first; absent: all of it. */
  readonly box?: Box;
  /** Exchanges left and right of the result; default false. */
  readonly mirrored?: boolean;
}

/** Bytes of the image that are copied to the loops at a time, if more than one row. */
const STRIP = 131_072;

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
  const { width, height, interpolation, mirrored = false } = options;
  const box = options.box ?? { left: 0, top: 0, width: image.width, height: image.height };
  if (box.width === width && box.height === height) {
    const part = crop(image, box);
    return mirrored ? flipHorizontally(part) : part;
  }
  const { channels } = image;
  const pitch = image.width * channels;
  const rowLength = width * channels;
  const unmirrored = resamplingWeights(box.width, width, interpolation);
  const across = mirrored ? mirroredWeights(unmirrored) : unmirrored;
  const down = box.height === height ? null : resamplingWeights(box.height, height, interpolation);

  // Rows go from the strip, a part of the image, through `across` to the ring, and from there through `down` to the
  // target. The ring holds the rows that one target row is made of.
  const stripRows = Math.max(1, Math.min(box.height, Math.floor(STRIP / pitch)));
  const ringRows = down?.stride ?? 0;
  const ringPitch = 16 * Math.ceil(rowLength / 16 + 1);
  const places = new Places();
  const starts = places.take(4 * width);
  const counts = places.take(4 * width);
  const acrossWeights = places.take(across.weights.byteLength);
  const downWeights = places.take(down?.weights.byteLength ?? 0);
  const strip = places.take((stripRows - 1) * pitch + box.width * channels);
  const ring = places.take(ringRows * ringPitch);
  const target = places.take(rowLength * height);

  const { loops, memory } = pixelLoops(places.size);
  new Int32Array(memory.buffer, starts).set(across.starts);
  new Int32Array(memory.buffer, counts).set(across.counts);
  new Int32Array(memory.buffer, acrossWeights).set(across.weights);
  if (down) new Int32Array(memory.buffer, downWeights).set(down.weights);
  const resampleRow = channels === 3 ? loops.resampleColourRow : loops.resampleGreyRow;

  /** Resamples row y of the box; rows come in order. */
  const narrow = (y: number, to: number) => {
    const inStrip = y % stripRows;
    if (inStrip === 0) {
      const from = ((box.top + y) * image.width + box.left) * channels;
      const rows = Math.min(stripRows, box.height - y);
      memory.set(image.data.subarray(from, from + (rows - 1) * pitch + box.width * channels), strip);
    }
    resampleRow(strip + inStrip * pitch, to, width, starts, counts, acrossWeights, across.stride);
  };

  let narrowed = 0;
  for (let y = 0; y < height; y++) {
    const to = target + y * rowLength;
    if (!down) {
      narrow(y, to);
      continue;
    }
    const first = down.starts[y] ?? 0;
    const count = down.counts[y] ?? 0;
    for (; narrowed < first + count; narrowed++) narrow(narrowed, ring + (narrowed % ringRows) * ringPitch);
    const weights = downWeights + 4 * y * down.stride;
    loops.resampleColumns(ring, ringPitch, ringRows, first % ringRows, count, weights, to, rowLength);
  }
  return { width, height, channels, data: memory.slice(target, target + rowLength * height) };
}
