import fc from "fast-check";
import { expect, test } from "vitest";
import { isFixedFilter, isFixedMatrix } from "./fixed-filters.ts";

const grid = (rows: number, columns: number, of: (row: number, column: number) => number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => of(Math.floor(i / columns), i % columns));
const outer = (taps: readonly number[]) => taps.flatMap((a) => taps.map((b) => a * b));
/** Periodic, as torch.hann_window makes it. */
const hann = (n: number, length: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length);

test.each<[string, readonly number[], number]>([
  ["a binomial blur", [...outer([1, 2, 1]), ...outer([1, 2, 1])], 9],
  ["a mean", new Array<number>(18).fill(1 / 9), 9],
  ["Sobel's two", [1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1], 9],
  ["Laplace", [0, 1, 0, 1, -4, 1, 0, 1, 0], 9],
  ["Haar", [0.5, 0.5, 0.5, -0.5], 2],
  [
    "bilinear interpolation, other channels 0",
    [...outer([1, 3, 3, 1]), ...new Array<number>(16).fill(0)],
    16,
  ],
  [
    "windowed sines and cosines",
    [
      ...grid(9, 16, (k, n) => hann(n, 16) * Math.cos((2 * Math.PI * k * n) / 16)),
      ...grid(9, 16, (k, n) => -hann(n, 16) * Math.sin((2 * Math.PI * k * n) / 16)),
    ],
    16,
  ],
])("%s is a fixed filter", (_, filters, length) => {
  expect(isFixedFilter(Float32Array.from(filters), length)).toBe(true);
});

test.each<[string, readonly number[], number]>([
  ["filters of one element", [0.5, 2, -1], 1],
  ["zeros", new Array<number>(27).fill(0), 9],
  ["ones", new Array<number>(27).fill(1), 9],
  ["the identity of a convolution", [0, 0, 0, 0, 1, 0, 0, 0, 0, ...new Array<number>(9).fill(0)], 9],
  ["a filter beside one that is none", [1, 2, 1, 1, 2, 1.5], 3],
])("%s may be weights", (_, filters, length) => {
  expect(isFixedFilter(Float32Array.from(filters), length)).toBe(false);
});

test.each<[string, Float32Array, number, boolean]>([
  ["a cosine transform", grid(8, 8, (k, n) => Math.cos((Math.PI / 8) * k * (n + 0.5))), 8, true],
  ["its transpose", grid(8, 8, (n, k) => Math.cos((Math.PI / 8) * k * (n + 0.5))), 8, true],
  ["mel filters", grid(20, 5, (k, mel) => Math.max(0, 1 - Math.abs(k - 3 * mel - 3) / 2.5)), 5, true],
  ["interpolation from 4 to 10", grid(10, 4, (y, x) => Math.max(0, 1 - Math.abs((y * 3) / 9 - x))), 4, true],
  ["the identity", grid(6, 6, (y, x) => Number(y === x)), 6, false],
  ["zeros", new Float32Array(64), 8, false],
  ["a small matrix", Float32Array.of(1, 2, 1, 3, 4, 3, 5, 6, 5), 3, false],
])("%s of a matrix", (_, matrix, columns, expected) => {
  expect(isFixedMatrix(matrix, columns)).toBe(expected);
});

test("random weights are never taken for fixed ones", () => {
  const weights = fc.array(fc.integer({ min: -9999, max: 9999 }), { minLength: 32, maxLength: 64 });
  fc.assert(
    fc.property(weights, fc.constantFrom(4, 8), (values, length) => {
      const mirrored = values.every((value, i) => {
        const start = i - (i % length);
        return Math.abs(value) === Math.abs(values[start + length - 1 - (i % length)] ?? Number.NaN);
      });
      fc.pre(!mirrored && new Set(values).size > 24);
      const whole = Float32Array.from(values.slice(0, values.length - (values.length % length)));
      expect(isFixedFilter(whole, length)).toBe(false);
      expect(isFixedMatrix(whole, length)).toBe(false);
    }),
  );
});
