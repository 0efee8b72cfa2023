/** The compiled loops give the bytes of plain code. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { adjustBrightness, adjustContrast, adjustSaturation } from "./color.ts";
import { flipHorizontally } from "./flip.ts";
import { anyImage } from "./image.fixture.ts";
import type { Box, Image } from "./image.ts";
import { pixelLoops } from "./pixel-loops.ts";
import { plainBrightness, plainContrast, plainResize, plainSaturation } from "./plain-pixels.fixture.ts";
import { resize } from "./resize.ts";

/** Noise of the darkest and brightest levels, which a bicubic kernel overshoots, and all between. */
function noise(width: number, height: number, channels: 1 | 3): Image {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const bits = Math.imul(i + 1, 0x9e3779b1) >>> 8;
    return bits & 1 ? (bits & 2) * 127.5 : (bits >> 3) & 255;
  });
  return { width, height, channels, data };
}

test("the memory of the loops grows with the result, not with the image", () => {
  const before = pixelLoops(0).memory.length;
  const tall = { width: 300, height: 60_000, channels: 3 as const, data: new Uint8Array(300 * 60_000 * 3) };
  resize(tall, { width: 30, height: 30, interpolation: "bicubic" });
  expect(pixelLoops(0).memory.length - before).toBeLessThan(3_000_000);
});

const interpolation = fc.constantFrom("bilinear" as const, "bicubic" as const);
const boxed = fc
  .record({
    ...{ width: fc.integer({ min: 1, max: 90 }), height: fc.integer({ min: 1, max: 90 }) },
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .chain(({ width, height, channels }) =>
    fc.record({
      image: fc.constant(noise(width, height, channels)),
      left: fc.nat(width - 1),
      top: fc.nat(height - 1),
    }),
  )
  .chain(({ image, left, top }) =>
    fc
      .record({
        width: fc.integer({ min: 1, max: image.width - left }),
        height: fc.integer({ min: 1, max: image.height - top }),
      })
      .map((size) => ({ image, box: { left, top, ...size } })),
  );

test("parts of images of all sizes are resized to the same bytes, mirrored or not", () => {
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(boxed, side, side, interpolation, ({ image, box }, width, height, mode) => {
      const options = { width, height, interpolation: mode, box };
      const plain = plainResize(image, options);
      expect(resize(image, options)).toEqual(plain);
      expect(resize(image, { ...options, mirrored: true })).toEqual(flipHorizontally(plain));
    }),
    { numRuns: 300 },
  );
});

test.each<[string, Image, Box, number, number]>([
  [
    "of more bytes than are copied at a time",
    noise(700, 300, 3),
    { left: 3, top: 2, width: 690, height: 297 },
    40,
    30,
  ],
  ["of long rows", noise(60_000, 3, 3), { left: 1, top: 0, width: 59_999, height: 3 }, 20, 5],
  ["of many rows", noise(2, 70_000, 1), { left: 0, top: 5, width: 2, height: 69_990 }, 3, 4],
  ["of which only rows change", noise(30, 20, 3), { left: 5, top: 5, width: 20, height: 9 }, 20, 33],
  ["of which only columns change", noise(30, 20, 3), { left: 5, top: 5, width: 20, height: 9 }, 41, 9],
  ["that grows", noise(9, 7, 3), { left: 0, top: 0, width: 9, height: 7 }, 300, 400],
])("an image %s is resized to the same bytes", (_, image, box, width, height) => {
  for (const mode of ["bilinear", "bicubic"] as const) {
    const options = { width, height, interpolation: mode, box };
    expect(Buffer.compare(resize(image, options).data, plainResize(image, options).data)).toBe(0);
  }
});

test("colours are changed to the same bytes", () => {
  const factor = fc.oneof(
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.double({ min: 0, max: 1e38, noNaN: true }),
  );
  fc.assert(
    fc.property(anyImage(40), factor, (image, by) => {
      expect(adjustBrightness(image, by)).toEqual(plainBrightness(image, by));
      expect(adjustContrast(image, by)).toEqual(plainContrast(image, by));
      expect(adjustSaturation(image, by)).toEqual(plainSaturation(image, by));
    }),
    { numRuns: 300 },
  );
});

test("the mean of a bright image does not overflow", () => {
  const white: Image = {
    width: 4200,
    height: 4200,
    channels: 3,
    data: new Uint8Array(4200 * 4200 * 3).fill(254),
  };
  expect(adjustContrast(white, 0).data.every((level) => level === 254)).toBe(true);
});
