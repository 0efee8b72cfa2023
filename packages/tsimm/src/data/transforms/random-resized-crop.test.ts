import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedRandom } from "../../random/keyed-random.ts";
import { randomResizedCropBox } from "./random-resized-crop.ts";

const stream = (seed: number) => keyedRandom(seed, "augment");

test("crop boxes lie inside of the image", () => {
  const sides = fc.integer({ min: 1, max: 600 });
  fc.assert(
    fc.property(sides, sides, fc.integer(), (width, height, seed) => {
      const options = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;
      const box = randomResizedCropBox(width, height, options, stream(seed));
      for (const [start, length, whole] of [
        [box.left, box.width, width],
        [box.top, box.height, height],
      ] as const) {
        expect(Number.isInteger(start) && Number.isInteger(length)).toBe(true);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(start + length).toBeLessThanOrEqual(whole);
      }
    }),
  );
});

test("crop areas and ratios are uniform over their ranges", () => {
  const boxes = Array.from({ length: 4000 }, (_, seed) =>
    randomResizedCropBox(4000, 4000, { scale: [0.08, 0.5], ratio: [3 / 4, 4 / 3] }, stream(seed)),
  );
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // Five standard errors.
  expect(Math.abs(mean(boxes.map((box) => (box.width * box.height) / 4000 ** 2)) - 0.29)).toBeLessThan(
    0.0096,
  );
  expect(Math.abs(mean(boxes.map((box) => Math.log(box.width / box.height))))).toBeLessThan(0.0132);
  expect(Math.abs(mean(boxes.map((box) => box.left / (4001 - box.width))) - 0.5)).toBeLessThan(0.023);
});

test.each([
  ["too wide", 100, 10, { left: 43, top: 0, width: 13, height: 10 }],
  ["too high", 10, 100, { left: 0, top: 43, width: 10, height: 13 }],
  ["in range", 12, 10, { left: 0, top: 0, width: 12, height: 10 }],
])("an image %s for any crop gives the largest centred one", (_, width, height, box) => {
  // Twice the area never fits.
  const options = { scale: [2, 2], ratio: [3 / 4, 4 / 3] } as const;
  expect(randomResizedCropBox(width, height, options, stream(0))).toEqual(box);
});
