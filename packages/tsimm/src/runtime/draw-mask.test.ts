import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedRandom } from "../random/keyed-random.ts";
import { drawMask } from "./draw-mask.ts";

test("elements are 0 or 1 / keep, and 1 in the mean", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.1, max: 1, noNaN: true }), (seed, keep) => {
      const n = 20_000;
      const { shape, data } = drawMask([n / 4, 2, 2], keep, keyedRandom(seed, "dropout", 0));
      expect(shape).toEqual([n / 4, 2, 2]);
      const kept = Array.from(data, Number).filter((value) => value !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / keep)]));
      // Six standard deviations of a binomial share.
      expect(Math.abs(kept.length / n - keep)).toBeLessThanOrEqual(6 * Math.sqrt((keep * (1 - keep)) / n));
    }),
    { numRuns: 50 },
  );
});
