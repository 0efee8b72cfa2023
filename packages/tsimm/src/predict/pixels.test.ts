import { expect, test } from "vitest";
import { imageOfPixels, isPixels, type Pixels } from "./pixels.ts";

const size = { width: 2, height: 1 };
const clamped = (...bytes: number[]) => Uint8ClampedArray.from(bytes);

const rows: readonly (readonly [what: string, pixels: Pixels, channels: 1 | 3, bytes: number[]])[] = [
  ["colours stay", { ...size, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 3, [1, 2, 3, 4, 5, 6]],
  ["alpha is dropped", { ...size, data: clamped(1, 2, 3, 0, 4, 5, 6, 9) }, 3, [1, 2, 3, 4, 5, 6]],
  ["grey becomes colours", { ...size, data: clamped(7, 250) }, 3, [7, 7, 7, 250, 250, 250]],
  ["grey stays", { ...size, channels: 1, data: Uint8Array.of(7, 250) }, 1, [7, 250]],
  ["colours become luminance", { ...size, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }, 1, [76, 29]],
  ["alpha has no luminance", { ...size, data: clamped(255, 0, 0, 0, 0, 0, 255, 1) }, 1, [76, 29]],
];

test.each(rows)("%s", (_, pixels, channels, bytes) => {
  const before = pixels.data.slice();
  const image = imageOfPixels("classify", pixels, channels);
  expect(image).toEqual({ ...size, channels, data: Uint8Array.from(bytes) });
  expect(pixels.data).toEqual(before);
});

test("a view of clamped bytes is taken from where it begins", () => {
  const data = clamped(9, 9, 9, 1, 2, 3).subarray(3);
  expect(imageOfPixels("classify", { width: 1, height: 1, data }, 3).data).toEqual(Uint8Array.of(1, 2, 3));
});

const wrong: readonly (readonly [object, string])[] = [
  [
    { width: 0, height: 1, data: new Uint8Array(3) },
    "classify: width of the image must be an integer >= 1, got 0",
  ],
  [
    { width: 2, height: 1.5, data: new Uint8Array(9) },
    "classify: height of the image must be an integer >= 1, got 1.5",
  ],
  [
    { ...size, data: new Float32Array(6) },
    "classify: data of the image must be a Uint8Array or a Uint8ClampedArray of pixels",
  ],
  [
    { ...size, data: new Uint8Array(5) },
    "classify: channels of the image must be 1, 3 or 4, got 2.5 (5 bytes for 2x1 pixels)",
  ],
  [
    { ...size, channels: 3, data: new Uint8Array(8) },
    "classify: data of the image must hold 6 bytes, 3 for each of 2x1 pixels, got 8",
  ],
];

test.each(wrong)("%j is refused", (pixels, message) => {
  expect(isPixels(pixels)).toBe(true);
  expect(() => imageOfPixels("classify", pixels as Pixels, 3)).toThrow(message);
});

test.each([null, "photo.jpg", 5, new Uint8Array(3), { width: 1, height: 1 }])("%j is no image", (value) => {
  expect(isPixels(value)).toBe(false);
});
