/** The transforms' arithmetic in plain code, against which the compiled loops are tested. */
import { grayscale } from "./color.ts";
import { type Box, crop, type Image } from "./image.ts";
import { type Interpolation, resamplingWeights } from "./resampling-weights.ts";

/** Resizes a part of an image; see `resize`. */
export function plainResize(
  image: Image,
  {
    width,
    height,
    box,
    interpolation,
  }: { width: number; height: number; box: Box; interpolation: Interpolation },
): Image {
  const part = crop(image, box);
  const narrowed =
    box.width === width ? part : transposed(resizedColumns(transposed(part), width, interpolation));
  return box.height === height ? narrowed : resizedColumns(narrowed, height, interpolation);
}

function resizedColumns(image: Image, height: number, interpolation: Interpolation): Image {
  const { starts, counts, weights, stride } = resamplingWeights(image.height, height, interpolation);
  const row = image.width * image.channels;
  const data = new Uint8ClampedArray(row * height);
  for (let i = 0; i < data.length; i++) {
    const y = Math.floor(i / row);
    let sum = 2 ** 21;
    for (let k = 0; k < (counts[y] ?? 0); k++) {
      const level = image.data[((starts[y] ?? 0) + k) * row + (i % row)] ?? 0;
      sum += level * (weights[y * stride + k] ?? 0);
    }
    data[i] = Math.floor(sum / 2 ** 22);
  }
  return { ...image, height, data: new Uint8Array(data.buffer) };
}

function transposed({ width, height, channels, data }: Image): Image {
  const turned = data.map((_, i) => {
    const [x, y] = [Math.floor(i / channels / height), Math.floor(i / channels) % height];
    return data[(y * width + x) * channels + (i % channels)] ?? 0;
  });
  return { width: height, height: width, channels, data: turned };
}

/** See `adjustBrightness`. */
export function plainBrightness(image: Image, factor: number): Image {
  return { ...image, data: image.data.map((level) => blend(0, level, factor)) };
}

/** See `adjustContrast`. */
export function plainContrast(image: Image, factor: number): Image {
  const luminances = grayscale(image).data;
  const mean = luminances.reduce((sum, luminance) => sum + luminance, 0) / luminances.length;
  return { ...image, data: image.data.map((level) => blend(Math.trunc(mean + 0.5), level, factor)) };
}

/** See `adjustSaturation`. */
export function plainSaturation(image: Image, factor: number): Image {
  if (image.channels === 1) return image;
  const luminances = grayscale(image).data;
  const data = image.data.map((level, i) => blend(luminances[Math.floor(i / 3)] ?? 0, level, factor));
  return { ...image, data };
}

function blend(from: number, to: number, factor: number): number {
  const mixed = Math.fround(from + Math.fround(Math.fround(factor) * (to - from)));
  return Math.trunc(Math.min(255, Math.max(0, mixed)));
}
