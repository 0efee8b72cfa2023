/** Sources of a sample: a file, the bytes of one, or pixels. */
import type { ByteSource } from "./byte-source.ts";
import type { ImageDataset } from "./image-dataset.ts";
import { grayscale } from "./transforms/color.ts";
import type { Image } from "./transforms/image.ts";

/** A sample that could not be read, and why. */
export interface Unreadable {
  readonly failure: string;
}

/** A sample as a decoding thread receives it. */
export type ImageSource = ByteSource | Uint8Array | Image | Unreadable;

/**
 * Reads a sample on the calling thread.
 *
 * @param dataset - The data set, one without files.
 * @param index - Index of the sample.
 * @returns Its bytes or pixels, or why there are none.
 */
export async function readSample(dataset: ImageDataset, index: number): Promise<ImageSource> {
  try {
    const image: unknown = await dataset.read(index);
    if (image instanceof Uint8Array) return image;
    checkImage(image);
    return image;
  } catch (error) {
    return { failure: inOneLine(error) };
  }
}

/** The message of an error without line breaks. */
export function inOneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replace(/\s*\n\s*/g, " ");
}

/**
 * Refuses what is no image.
 *
 * @throws Error that says what is wrong with it.
 */
export function checkImage(image: unknown): asserts image is Image {
  if (typeof image !== "object" || image === null || !hasImageKeys(image)) {
    throw new Error("an image must be bytes of a file, or { width, height, channels, data }");
  }
  const { width, height, channels, data } = image;
  const size = `${width} x ${height} x ${channels}`;
  if (!(isSide(width) && isSide(height) && (channels === 1 || channels === 3))) {
    throw new Error(`an image must have width and height >= 1 and 1 or 3 channels, got ${size}`);
  }
  const bytes = width * height * channels;
  if (!(data instanceof Uint8Array && data.length === bytes)) {
    const got = data instanceof Uint8Array ? `${data.length} bytes` : typeof data;
    throw new Error(`data of an image of ${size} must be a Uint8Array of ${bytes} bytes, got ${got}`);
  }
}

function hasImageKeys(value: object): value is Readonly<Record<keyof Image, unknown>> {
  return "width" in value && "height" in value && "channels" in value && "data" in value;
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** The image in 1 channel (luminance) or 3, as a file of it would be decoded. */
export function withChannels(image: Image, channels: 1 | 3): Image {
  if (image.channels === channels) return image;
  if (channels === 1) return grayscale(image);
  const data = new Uint8Array(image.data.length * 3);
  for (const [pixel, level] of image.data.entries()) data.fill(level, 3 * pixel, 3 * pixel + 3);
  return { ...image, channels, data };
}

/**
 * Copies that belong to the receiver of a message. A view is sent with all of the memory behind it, which may be that
 * of all images; shared memory is sent without a copy.
 *
 * @param source - What is to be sent.
 * @param transfer - The memory of the copies is added here.
 */
export function ownedSource<S extends ImageSource>(source: S, transfer: ArrayBuffer[]): S | ImageSource {
  if (source instanceof Uint8Array) return ownedBytes(source, transfer);
  return "data" in source ? { ...source, data: ownedBytes(source.data, transfer) } : source;
}

function ownedBytes(bytes: Uint8Array, transfer: ArrayBuffer[]): Uint8Array {
  if (!(bytes.buffer instanceof ArrayBuffer)) return bytes;
  // Not `slice`, which is a view in Node's Buffer.
  const copy = new Uint8Array(bytes);
  transfer.push(copy.buffer);
  return copy;
}
