import fc from "fast-check";
import { expect, test } from "vitest";
import { spread } from "./spread.ts";

const alike = (size: number) => ({ sizes: [size, size, size] });

test("distant positions stay where they are", () => {
  expect(spread([50, 0, 100], alike(16))).toEqual([50, 0, 100]);
});

test("equal positions move apart in their order", () => {
  expect(spread([10, 10, 10], alike(4))).toEqual([6, 10, 14]);
});

test("a block pushes the position it runs into", () => {
  expect(spread([0, 0, 3], alike(4))).toEqual([-3, 1, 5]);
});

test("large positions keep more distance", () => {
  expect(spread([10, 10], { sizes: [8, 2] })).toEqual([7.5, 12.5]);
});

test("a block at an end of the room moves into it", () => {
  expect(spread([0, 0, 50, 99, 99], { sizes: [4, 4, 4, 4, 4], within: [0, 100] })).toEqual([
    2, 6, 50, 94, 98,
  ]);
});

test("neighbours keep the gap, the order and the mean", () => {
  const positions = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(positions, fc.integer({ min: 0, max: 50 }), (wanted, gap) => {
      const placed = spread(wanted, { sizes: wanted.map(() => gap) });
      const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
      order.slice(1).forEach((index, i) => {
        const before = order[i] ?? 0;
        expect((placed[index] ?? 0) - (placed[before] ?? 0)).toBeGreaterThanOrEqual(gap - 1e-9);
      });
      const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
      expect(sum(placed)).toBeCloseTo(sum(wanted), 6);
    }),
  );
});
