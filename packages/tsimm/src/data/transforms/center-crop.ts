/** The middle of an image. */
import { crop, type Image } from "./image.ts";
import { roundHalfToEven } from "./round-half-to-even.ts";

/** Options of {@link centerCropOrPad}. */
export interface CenterCropOptions {
  /** Pixels, >= 1. */
  readonly width: number;
  /** Pixels, >= 1. */
  readonly height: number;
  /** Level of each channel, 0 … 255, around an image that is smaller. */
  readonly fill: readonly number[];
}

/**
 * Cuts the middle out of an image; one that is smaller gets a border first.
 *
 * @param image - The image.
 * @see timm `timm/data/transforms.py`, `center_crop_or_pad`
 */
export function centerCropOrPad(image: Image, { width, height, fill }: CenterCropOptions): Image {
  const padded = pad(image, Math.max(width, image.width), Math.max(height, image.height), fill);
  const top = roundHalfToEven((padded.height - height) / 2);
  const left = roundHalfToEven((padded.width - width) / 2);
  return crop(padded, { left, top, width, height });
}

function pad(image: Image, width: number, height: number, fill: readonly number[]): Image {
  if (width === image.width && height === image.height) return image;
  const { channels, data: source } = image;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => fill[i % channels] ?? 0);
  const left = Math.floor((width - image.width) / 2);
  const top = Math.floor((height - image.height) / 2);
  const row = image.width * channels;
  for (let y = 0; y < image.height; y++) {
    data.set(source.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data };
}
