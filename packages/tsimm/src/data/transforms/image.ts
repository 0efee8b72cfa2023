/** A decoded image. */
import type { RandomStream } from "../../random/keyed-random.ts";

/** Pixels in memory. Transforms never write into one that they were given. */
export interface Image {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 3: red, green, blue; 1: luminance (Pillow's modes RGB and L). */
  readonly channels: 1 | 3;
  /** uint8 [H, W, C]. */
  readonly data: Uint8Array;
}

/** A function of an image and random numbers; the same numbers give the same bytes. */
export type Transform = (image: Image, random: RandomStream) => Image;

/** A rectangle of an image, in whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a rectangle out of an image.
 *
 * @param image - The image.
 * @param box - A rectangle inside of it.
 */
export function crop(image: Image, box: Box): Image {
  const { width, height, channels } = image;
  const { left, top } = box;
  if (left === 0 && top === 0 && box.width === width && box.height === height) return image;
  const row = box.width * channels;
  const data = new Uint8Array(row * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = ((top + y) * width + left) * channels;
    data.set(image.data.subarray(start, start + row), y * row);
  }
  return { width: box.width, height: box.height, channels, data };
}
