/** Windows bitmaps (`.bmp`), which sharp does not read. */
import type { Image } from "./transforms/image.ts";

const FILE_HEADER = 14;
const RGB = 0;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

/**
 * Decodes an uncompressed bitmap of 1, 4, 8, 16, 24 or 32 bits a pixel; transparency is dropped.
 *
 * @param bytes - The file's content.
 * @param maxPixels - Largest number of pixels.
 * @throws Error if the bytes are no such file, end too early, or hold more pixels.
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FILE_HEADER + 12) throw endsEarly();
  const dataOffset = view.getUint32(10, true);
  const headerLength = view.getUint32(14, true);
  if (bytes.length < FILE_HEADER + headerLength) throw endsEarly();
  const old = headerLength === 12;
  if (!old && headerLength < 40)
    throw new Error(`BMP header must have 12 or at least 40 bytes, got ${headerLength}`);
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? RGB : view.getUint32(30, true);
  if (!(width > 0 && height > 0))
    throw new Error(`BMP must have at least 1x1 pixels, got ${width}x${height}`);
  if (!(width * height <= maxPixels)) throw tooLarge(width, height, maxPixels);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < dataOffset + stride * height) throw endsEarly();

  const colour = colourReader(view, { bits, compression, old, headerLength, dataOffset });
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    // Rows go upwards, unless the height is negative.
    const row = dataOffset + stride * (signedHeight > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) colour(row, x, data, (y * width + x) * 3);
  }
  return { width, height, channels: 3, data };
}

/** Error for an image of too many pixels. */
export function tooLarge(width: number, height: number, maxPixels: number): Error {
  return new Error(`image must have at most ${maxPixels} pixels, got ${width}x${height}; make it smaller`);
}

interface Header {
  readonly bits: number;
  readonly compression: number;
  readonly old: boolean;
  readonly headerLength: number;
  readonly dataOffset: number;
}

/** Writes red, green and blue of the pixel `x` of a row. */
type ColourReader = (row: number, x: number, target: Uint8Array, place: number) => void;

function colourReader(view: DataView, header: Header): ColourReader {
  const { bits, compression } = header;
  if (compression === RGB && [1, 4, 8].includes(bits)) return paletteReader(view, header);
  if (compression === RGB && (bits === 24 || bits === 32)) {
    const step = bits / 8;
    return (row, x, target, place) => {
      for (let channel = 0; channel < 3; channel++) {
        target[place + channel] = view.getUint8(row + x * step + 2 - channel);
      }
    };
  }
  if (bits === 16 && compression === RGB) return fieldReader(view, bits, [0x7c00, 0x3e0, 0x1f]);
  if ((bits === 16 || bits === 32) && (compression === BITFIELDS || compression === ALPHA_BITFIELDS)) {
    const masks = FILE_HEADER + 40;
    if (view.byteLength < masks + 12) throw endsEarly();
    return fieldReader(
      view,
      bits,
      [0, 4, 8].map((offset) => view.getUint32(masks + offset, true)),
    );
  }
  throw new Error(
    `BMP must be uncompressed, got ${bits} bits a pixel in compression ${compression}; convert it to PNG`,
  );
}

function paletteReader(view: DataView, { bits, old, headerLength, dataOffset }: Header): ColourReader {
  const start = FILE_HEADER + headerLength;
  const step = old ? 3 : 4;
  const size = Math.min(2 ** bits, Math.max(0, Math.floor((dataOffset - start) / step)));
  const perByte = 8 / bits;
  return (row, x, target, place) => {
    const byte = view.getUint8(row + Math.floor(x / perByte));
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1);
    for (let channel = 0; channel < 3 && index < size; channel++) {
      target[place + channel] = view.getUint8(start + index * step + 2 - channel);
    }
  };
}

function fieldReader(view: DataView, bits: 16 | 32, masks: readonly number[]): ColourReader {
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, highest: mask >>> shift };
  });
  return (row, x, target, place) => {
    const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
    for (const [channel, { mask, shift, highest }] of fields.entries()) {
      const level = (pixel & mask) >>> shift;
      target[place + channel] = highest === 0 ? 0 : Math.trunc((level * 255) / highest);
    }
  };
}

function endsEarly(): Error {
  return new Error("BMP file ends too early");
}
