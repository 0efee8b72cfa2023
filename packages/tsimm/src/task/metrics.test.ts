import { expect, test } from "vitest";
import { denseTargets } from "./dense-targets.ts";
import { scoreLogits, softmax } from "./metrics.ts";

test("gives cross-entropy and hits", () => {
  const sums = scoreLogits(Float32Array.of(0, 0, Math.log(2), 0, 5, 0), [2, 0], 3);
  expect(sums.loss).toBeCloseTo(Math.log(2) + Math.log(Math.exp(5) + 2), 5);
  expect(sums).toMatchObject({ top1: 1, top5: 2, images: 2 });
});

test("of equal logits the first class ranks higher, and NaN never hits", () => {
  expect(scoreLogits(Float32Array.of(1, 1), [1], 2).top1).toBe(0);
  expect(scoreLogits(Float32Array.of(1, 1), [0], 2).top1).toBe(1);
  expect(scoreLogits(Float32Array.of(Number.NaN, 0, 0, 0, 0, 0), [0], 6)).toMatchObject({ top1: 0, top5: 0 });
});

test("softmax does not overflow", () => {
  expect([...softmax(Float32Array.of(1000, 1000))]).toEqual([0.5, 0.5]);
});

test("smoothed targets sum to one", () => {
  expect([...denseTargets([1], 4, 0.5)]).toEqual([0.125, 0.625, 0.125, 0.125]);
  expect([...denseTargets([0, 2], 3, 0)]).toEqual([1, 0, 0, 0, 0, 1]);
});
