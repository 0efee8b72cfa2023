import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBmp } from "./decode-bmp.ts";

interface Parts {
  readonly width?: number;
  readonly height?: number;
  readonly bits: number;
  readonly compression?: number;
  /** Bytes between the header and the pixels. */
  readonly table?: readonly number[];
  readonly pixels: readonly number[];
}

/** A file with the header of 40 bytes. */
function bmp({ width = 2, height = 2, bits, compression = 0, table = [], pixels }: Parts): Uint8Array {
  const file = new DataView(new ArrayBuffer(54));
  file.setUint16(0, 0x424d);
  file.setUint32(10, 54 + table.length, true);
  file.setUint32(14, 40, true);
  file.setInt32(18, width, true);
  file.setInt32(22, height, true);
  file.setUint16(28, bits, true);
  file.setUint32(30, compression, true);
  return new Uint8Array([...new Uint8Array(file.buffer), ...table, ...pixels]);
}

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const PALETTE = [0, 0, 255, 0, 0, 255, 0, 0];
const colours = (bytes: Uint8Array) => [...decodeBmp(bytes, 1000).data];

test.each<[string, Parts, readonly number[][]]>([
  [
    "24 bits, rows upwards, padded to four bytes",
    { bits: 24, pixels: [255, 0, 0, 255, 255, 255, 9, 9, 0, 0, 255, 0, 255, 0, 9, 9] },
    [RED, GREEN, BLUE, WHITE],
  ],
  [
    "24 bits, rows downwards",
    { height: -2, bits: 24, pixels: [0, 0, 255, 0, 255, 0, 9, 9, 255, 0, 0, 255, 255, 255, 9, 9] },
    [RED, GREEN, BLUE, WHITE],
  ],
  [
    "32 bits, whose fourth byte does not count",
    { height: 1, bits: 32, pixels: [0, 0, 255, 0, 255, 0, 0, 128] },
    [RED, BLUE],
  ],
  [
    "32 bits with fields",
    {
      ...{ height: 1, bits: 32, compression: 3 },
      table: [255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0],
      pixels: [255, 0, 0, 9, 0, 0, 255, 9],
    },
    [RED, BLUE],
  ],
  [
    "16 bits: five of each colour",
    { height: 1, bits: 16, pixels: [0x00, 0x7c, 0x10, 0x00] },
    [RED, [0, 0, 131]],
  ],
  [
    "16 bits with fields: 5, 6, 5",
    {
      ...{ height: 1, bits: 16, compression: 3 },
      table: [0x00, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0],
      pixels: [0x00, 0xf8, 0xe0, 0x07],
    },
    [RED, GREEN],
  ],
  ["8 bits with a palette", { height: 1, bits: 8, table: PALETTE, pixels: [0, 1, 9, 9] }, [RED, GREEN]],
  [
    "8 bits beyond the palette",
    { height: 1, bits: 8, table: PALETTE, pixels: [1, 200, 9, 9] },
    [GREEN, BLACK],
  ],
  ["4 bits", { height: 1, bits: 4, table: PALETTE, pixels: [0x10, 0, 0, 0] }, [GREEN, RED]],
  [
    "1 bit",
    { width: 3, height: 1, bits: 1, table: PALETTE, pixels: [0b01000000, 0, 0, 0] },
    [RED, GREEN, RED],
  ],
])("decodes %s", (_, parts, expected) => {
  expect(colours(bmp(parts))).toEqual(expected.flat());
});

test("decodes the header of 12 bytes", () => {
  const header = [0x42, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0];
  expect(colours(new Uint8Array([...header, 0, 0, 255, 0]))).toEqual(RED);
});

test.each<[string, Uint8Array, string]>([
  ["a file of two bytes", new Uint8Array([0x42, 0x4d]), "BMP file ends too early"],
  [
    "a file without its last row",
    bmp({ bits: 24, pixels: [0, 0, 0, 0, 0, 0, 0, 0] }),
    "BMP file ends too early",
  ],
  [
    "masks that are not there",
    bmp({ bits: 32, compression: 3, width: 1, height: 1, pixels: [1, 2, 3, 4] }),
    "BMP file ends too early",
  ],
  ["no pixels", bmp({ width: 0, bits: 24, pixels: [] }), "BMP must have at least 1x1 pixels, got 0x2"],
  [
    "a negative width",
    bmp({ width: -2, bits: 24, pixels: [] }),
    "BMP must have at least 1x1 pixels, got -2x2",
  ],
  [
    "the least height",
    bmp({ height: -(2 ** 31), bits: 24, pixels: [] }),
    "image must have at most 1000 pixels, got 2x2147483648",
  ],
  [
    "too many pixels",
    bmp({ width: 50, height: 50, bits: 24, pixels: [] }),
    "image must have at most 1000 pixels, got 50x50",
  ],
  [
    "run lengths",
    bmp({ bits: 8, compression: 1, table: PALETTE, pixels: [2, 0, 2, 1, 0, 1, 0, 0] }),
    "BMP must be uncompressed, got 8 bits a pixel in compression 1; convert it to PNG",
  ],
  ["bits that are no format", bmp({ bits: 0, pixels: [] }), "BMP must be uncompressed, got 0 bits a pixel"],
])("refuses %s", (_, bytes, message) => {
  expect(() => decodeBmp(bytes, 1000)).toThrow(message);
});

test("any bytes after BM give an image of the size in the header, or a plain error", () => {
  const whole = bmp({ bits: 8, table: PALETTE, pixels: [0, 1, 9, 9, 1, 0, 9, 9] });
  const edit = fc.tuple(fc.integer({ min: 2, max: whole.length - 1 }), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), fc.nat(whole.length), (edits, cut) => {
      const bytes = whole.slice(0, whole.length - (cut % 8));
      for (const [place, value] of edits) bytes[place] = value;
      try {
        const { width, height, data } = decodeBmp(bytes, 1000);
        expect(data).toHaveLength(width * height * 3);
        expect(width * height).toBeLessThanOrEqual(1000);
      } catch (error) {
        expect(String(error)).toMatch(/^Error: (BMP|image must have at most 1000 pixels)/);
      }
    }),
    { numRuns: 2000 },
  );
});
