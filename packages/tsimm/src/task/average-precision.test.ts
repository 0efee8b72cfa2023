import fc from "fast-check";
import { expect, test } from "vitest";
import { averagePrecision } from "./average-precision.ts";

/** By the definition, one threshold after another. */
function byDefinition(scores: readonly number[], positives: readonly number[]): number {
  const all = positives.reduce((a, b) => a + b, 0);
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  let recallBefore = 0;
  let sum = 0;
  for (const threshold of thresholds) {
    const chosen = positives.filter((_, i) => (scores[i] ?? 0) >= threshold);
    const hits = chosen.reduce((a, b) => a + b, 0);
    sum += (hits / all - recallBefore) * (hits / chosen.length);
    recallBefore = hits / all;
  }
  return sum;
}

test("is the sum over distinct scores of precision times the gain in recall", () => {
  const image = fc.record({
    score: fc.integer({ min: -4, max: 4 }),
    positive: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 30 }), (images) => {
      const scores = images.map(({ score }) => score / 4);
      const positives = images.map(({ positive }) => positive);
      fc.pre(positives.includes(1));
      const expected = byDefinition(scores, positives);
      expect(averagePrecision(Float32Array.from(scores), positives)).toBeCloseTo(expected, 12);
    }),
  );
});

test("images of one score count at once, zeros of both signs too", () => {
  expect(averagePrecision(Float32Array.of(0, -0), [1, 0])).toBe(0.5);
  expect(averagePrecision(Float32Array.of(-0, 0), [1, 0])).toBe(0.5);
});

test("ranks infinities and the smallest numbers", () => {
  const scores = Float32Array.of(Number.POSITIVE_INFINITY, 2 ** -149, -(2 ** -149), Number.NEGATIVE_INFINITY);
  expect(averagePrecision(scores, [1, 1, 0, 0])).toBe(1);
  expect(averagePrecision(scores, [0, 0, 0, 1])).toBe(0.25);
});

test("is NaN without a positive, or with a NaN among the scores", () => {
  expect(averagePrecision(Float32Array.of(1, 2), [0, 0])).toBeNaN();
  expect(averagePrecision(Float32Array.of(1, Number.NaN), [1, 0])).toBeNaN();
});
