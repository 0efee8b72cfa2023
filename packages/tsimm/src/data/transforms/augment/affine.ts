/** Affine changes of an image, byte for byte as Pillow's `Image.transform` and `Image.rotate`. */
import { Places } from "../../../wasm/loop-memory.ts";
import type { Image } from "../image.ts";
import type { Interpolation } from "../resampling-weights.ts";
import { augmentLoops } from "./augment-loops.ts";

/** Options of {@link affine}. */
export interface AffineOptions {
  readonly interpolation: Interpolation;
  /** Level of each channel, 0 … 255, where a pixel comes from outside of the image. */
  readonly fill: readonly number[];
}

/** [a, b, c, d, e, f]: the pixel centred at (x, y) comes from (a x + b y + c, d x + e y + f). */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/**
 * Takes each pixel from another place of the image.
 *
 * Kernels are not widened where the image shrinks; positions are float64, as is the arithmetic.
 *
 * @param image - The image; the result has its size.
 * @param matrix - From positions in the result to positions in the image, in pixels.
 * @param options - Kernel and fill.
 * @example
 * const image = { width: 3, height: 1, channels: 1, data: new Uint8Array([10, 20, 30]) };
 * affine(image, [1, 0, 1, 0, 1, 0], { interpolation: "bilinear", fill: [7] }).data; // => Uint8Array [20, 30, 7]
 * @see Pillow `src/libImaging/Geometry.c`, `ImagingGenericTransform`
 */
export function affine(image: Image, matrix: AffineMatrix, { interpolation, fill }: AffineOptions): Image {
  const { width, height, channels, data } = image;
  const places = new Places();
  const numbers = places.take(8 * matrix.length);
  const source = places.take(data.length);
  const target = places.take(data.length);
  const { loops, memory } = augmentLoops(places.size);
  new Float64Array(memory.buffer, numbers).set(matrix);
  memory.set(data, source);
  fillPixels(memory.subarray(target, target + data.length), channels, fill);
  const resample = interpolation === "bilinear" ? loops.affineBilinear : loops.affineBicubic;
  resample(source, target, width, height, channels, numbers);
  return { ...image, data: memory.slice(target, target + data.length) };
}

/**
 * Turns an image about its middle; corners are cut off.
 *
 * @param image - The image; the result has its size.
 * @param degrees - Counter-clockwise.
 * @param options - Kernel and fill.
 * @see Pillow `src/PIL/Image.py`, `Image.rotate`
 */
export function rotate(image: Image, degrees: number, options: AffineOptions): Image {
  const { width, height } = image;
  const angle = degrees % 360 < 0 ? (degrees % 360) + 360 : degrees % 360;
  if (angle === 0) return image;
  if (angle === 180) return reversed(image);
  if (angle === 90 && width === height) return quarterTurn(image);
  if (angle === 270 && width === height) return reversed(quarterTurn(image));
  const radians = -(angle * (Math.PI / 180));
  const [cos, sin] = [Number(Math.cos(radians).toFixed(15)), Number(Math.sin(radians).toFixed(15))];
  const [x, y] = [width / 2, height / 2];
  const matrix = [cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y] as const;
  return affine(image, matrix, options);
}

/** By 180 degrees. */
function reversed(image: Image): Image {
  const { channels, data } = image;
  const last = data.length / channels - 1;
  return {
    ...image,
    data: data.map((_, i) => data[(last - Math.floor(i / channels)) * channels + (i % channels)] ?? 0),
  };
}

/** A square by 90 degrees, counter-clockwise. */
function quarterTurn(image: Image): Image {
  const { width: side, channels, data } = image;
  const turned = data.map((_, i) => {
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    return data[(x * side + side - 1 - y) * channels + (i % channels)] ?? 0;
  });
  return { ...image, data: turned };
}

function fillPixels(pixels: Uint8Array, channels: number, fill: readonly number[]): void {
  pixels.set(Array.from({ length: channels }, (_, channel) => fill[channel] ?? fill[0] ?? 0));
  for (let done = channels; done < pixels.length; done *= 2) pixels.copyWithin(done, 0, done);
}
