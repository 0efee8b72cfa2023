/** Pixels of a caller's as an image with the channels of a model. */
import { grayscale } from "../data/transforms/color.ts";
import type { Image } from "../data/transforms/image.ts";

/** An image in memory: an {@link Image}, a page's `ImageData`, or what else has these fields. */
export interface Pixels {
  /** Pixels, an integer >= 1. */
  readonly width: number;
  /** Pixels, an integer >= 1. */
  readonly height: number;
  /** 1: luminance; 3: red, green, blue; 4: with alpha, which is dropped; absent: by the length of `data`. */
  readonly channels?: 1 | 3 | 4;
  /** Rows from the top, uint8 [height, width, channels]. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Whether a value has the fields of {@link Pixels}. */
export function isPixels(value: unknown): value is Pixels {
  return (
    typeof value === "object" && value !== null && ["width", "height", "data"].every((name) => name in value)
  );
}

/**
 * Pixels with the channels of a model: of four the alpha is dropped, luminance becomes grey, colours their luminance.
 *
 * @param where - Function named in errors.
 * @param channels - Those of the model.
 * @throws RangeError if the bytes do not fill the image; TypeError if they are no bytes.
 * @example
 * const pixels = { width: 1, height: 2, data: Uint8ClampedArray.of(10, 20, 30, 255, 40, 50, 60, 255) };
 * imageOfPixels("classify", pixels, 3).data; // => Uint8Array [10, 20, 30, 40, 50, 60]
 * imageOfPixels("classify", pixels, 1).data; // => Uint8Array [18, 48]
 */
export function imageOfPixels(where: string, pixels: Pixels, channels: 1 | 3): Image {
  const { width, height, data } = pixels;
  for (const [name, side] of Object.entries({ width, height })) {
    if (Number.isSafeInteger(side) && side >= 1) continue;
    throw new RangeError(`${where}: ${name} of the image must be an integer >= 1, got ${side}`);
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new TypeError(`${where}: data of the image must be a Uint8Array or a Uint8ClampedArray of pixels`);
  }
  const { channels: own = data.length / (width * height) } = pixels;
  if (own !== 1 && own !== 3 && own !== 4) {
    throw new RangeError(
      `${where}: channels of the image must be 1, 3 or 4, got ${own} (${data.length} bytes for ${width}x${height} pixels)`,
    );
  }
  if (data.length !== width * height * own) {
    throw new RangeError(
      `${where}: data of the image must hold ${width * height * own} bytes, ${own} for each of ${width}x${height} pixels, got ${data.length}`,
    );
  }
  const size = { width, height };
  if (own === 1) {
    if (channels === 1) return { ...size, channels, data: bytesOf(data) };
    return { ...size, channels, data: picked(data, 1, [0, 0, 0]) };
  }
  const colours = own === 3 ? bytesOf(data) : picked(data, 4, [0, 1, 2]);
  const image: Image = { ...size, channels: 3, data: colours };
  return channels === 3 ? image : grayscale(image);
}

function bytesOf(data: Uint8Array | Uint8ClampedArray): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
}

/** Three channels, taken from places of each pixel. */
function picked(
  data: Uint8Array | Uint8ClampedArray,
  step: number,
  [red, green, blue]: readonly [number, number, number],
): Uint8Array {
  const colours = new Uint8Array((data.length / step) * 3);
  for (let from = 0, to = 0; from < data.length; from += step, to += 3) {
    colours[to] = data[from + red] ?? 0;
    colours[to + 1] = data[from + green] ?? 0;
    colours[to + 2] = data[from + blue] ?? 0;
  }
  return colours;
}
