import fc from "fast-check";
import { expect, test } from "vitest";
import { thinOut } from "./thin-out.ts";

const line = (values: readonly (number | null)[]) => values.map((y, x): [number, number | null] => [x, y]);

test("few points stay as they are", () => {
  const points = line([3, null, 1, 2]);
  expect(thinOut(points, 1)).toBe(points);
});

test("of each stretch the first, the lowest, the highest and the last point stay, in their order", () => {
  expect(thinOut(line([5, 6, 9, 2, 7, 4, 4, 8, 3, 4]), 2)).toEqual([
    [0, 5],
    [2, 9],
    [3, 2],
    [4, 7],
    [5, 4],
    [7, 8],
    [8, 3],
    [9, 4],
  ]);
});

test("no stretch loses its range, and x stays ascending", () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (ys, columns) => {
      const thin = thinOut(line(ys), columns);
      expect(thin.length).toBeLessThanOrEqual(4 * columns + (ys.length <= 4 * columns ? ys.length : 0));
      const xs = thin.map(([x]) => x);
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      const kept = thin.map(([, y]) => y ?? 0);
      expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...ys), Math.max(...ys)]);
      expect([kept.at(0), kept.at(-1)]).toEqual([ys.at(0), ys.at(-1)]);
    }),
  );
});
