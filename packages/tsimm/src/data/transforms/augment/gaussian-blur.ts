/** Gaussian blur as Pillow and as torchvision make it. */
import { Places } from "../../../wasm/loop-memory.ts";
import type { Image } from "../image.ts";
import { mirroredPosition } from "../mirrored-position.ts";
import { augmentLoops } from "./augment-loops.ts";

/** Box blurs that together are nearly Gaussian. */
const PASSES = 3;

/**
 * Blurs by three box filters along each axis, byte for byte as Pillow's `ImageFilter.GaussianBlur`.
 *
 * @param image - The image.
 * @param radius - Standard deviation in pixels, > 0.
 * @see Pillow `src/libImaging/BoxBlur.c`
 */
export function boxGaussianBlur(image: Image, radius: number): Image {
  const { width, height, channels, data } = image;
  const box = boxRadius(radius);
  const whole = Math.trunc(box);
  const weight = Math.trunc(Math.fround(2 ** 24 / Math.fround(box * 2 + 1)));
  const edge = Math.floor((2 ** 24 - (whole * 2 + 1) * weight) / 2);
  const places = new Places();
  let from = places.take(data.length);
  let to = places.take(data.length);
  const sums = places.take(4 * (width * channels + 3));
  const { loops, memory } = augmentLoops(places.size);
  memory.set(data, from);
  for (let pass = 0; pass < 2 * PASSES; pass++) {
    if (pass < PASSES) loops.boxBlurRows(from, to, width, height, channels, whole, weight, edge);
    else loops.boxBlurColumns(from, to, width * channels, height, sums, whole, weight, edge);
    [from, to] = [to, from];
  }
  return { ...image, data: memory.slice(from, from + data.length) };
}

/** Radius, with a fraction, of the boxes whose sum has the given standard deviation; float32. */
function boxRadius(radius: number): number {
  const f32 = Math.fround;
  const variance = f32(f32(f32(radius) * f32(radius)) / PASSES);
  const length = f32(Math.sqrt(12 * variance + 1));
  const whole = f32(Math.floor((length - 1) / 2));
  const numerator = f32(f32(2 * whole + 1) * f32(f32(whole * f32(whole + 1)) - f32(3 * variance)));
  const denominator = f32(6 * f32(variance - f32(f32(whole + 1) * f32(whole + 1))));
  return f32(whole + f32(numerator / denominator));
}

/** Weights below that do not change a level. */
const NEGLIGIBLE = 1e-9;

/** Half of torchvision's kernel of 23. */
const HALF = 11;

/**
 * Blurs by a sampled Gaussian of 23 × 23, as torchvision's `GaussianBlur(kernel_size=23)`; outside of the image lies its
 * mirror image. Sums are float32 in another order than PyTorch's: about one level in ten thousand differs by 1.
 *
 * @param image - The image.
 * @param sigma - Standard deviation in pixels, > 0.
 * @see torchvision `transforms/functional_tensor.py`, `gaussian_blur`
 */
export function kernelGaussianBlur(image: Image, sigma: number): Image {
  const { width, height, channels, data } = image;
  const kernel = gaussianKernel(sigma);
  const half = (kernel.length - 1) / 2;
  const row = width * channels;
  const places = new Places();
  const weights = places.take(4 * kernel.length);
  const padded = places.take((width + 2 * half) * channels);
  const rows = places.take(4 * kernel.length);
  const pitch = 16 * Math.ceil(row / 4);
  const sums = places.take(pitch * height);
  const target = places.take(data.length);
  const { loops, memory } = augmentLoops(places.size);
  new Float32Array(memory.buffer, weights).set(kernel);
  for (let y = 0; y < height; y++) {
    memory.set(data.subarray(y * row, (y + 1) * row), padded + half * channels);
    for (let distance = 1; distance <= half; distance++) {
      for (const x of [-distance, width - 1 + distance]) {
        const from = padded + (half + mirroredPosition(x, width)) * channels;
        memory.copyWithin(padded + (half + x) * channels, from, from + channels);
      }
    }
    loops.convolveRow(padded, sums + y * pitch, row, channels, weights, kernel.length);
  }
  const addresses = new Uint32Array(memory.buffer, rows, kernel.length);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++)
      addresses[k] = sums + mirroredPosition(y + k - half, height) * pitch;
    loops.convolveColumns(rows, target + y * row, row, weights, kernel.length);
  }
  return { ...image, data: memory.slice(target, target + data.length) };
}

/** float32, of odd length, without weights at the ends that do not count. */
function gaussianKernel(sigma: number): Float32Array {
  const values = Float32Array.from({ length: 2 * HALF + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - HALF) / sigma) ** 2),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  const kernel = values.map((value) => value / sum);
  const first = kernel.findIndex((value) => value > NEGLIGIBLE);
  return kernel.subarray(first, kernel.length - first);
}
