import { expect, test } from "vitest";
import { denseTargets } from "./dense-targets.ts";
import { logSumExp, rankOf, softmax } from "./logits.ts";

test("of equal logits the first class ranks higher, and NaN ranks behind all", () => {
  const ranks = (...logits: number[]) => logits.map((_, label) => rankOf(Float32Array.from(logits), label));
  expect(ranks(5, 0, Math.log(2))).toEqual([0, 2, 1]);
  expect(ranks(1, 1)).toEqual([0, 1]);
  expect(ranks(Number.NaN, 0, 0)).toEqual([Number.POSITIVE_INFINITY, 0, 1]);
});

test("the log of a sum of exp does not overflow", () => {
  expect(logSumExp(Float32Array.of(0, 0, Math.log(2)))).toBeCloseTo(Math.log(4), 6);
  expect(logSumExp(Float32Array.of(1000, 1000))).toBeCloseTo(1000 + Math.log(2), 9);
});

test("softmax does not overflow", () => {
  expect([...softmax(Float32Array.of(1000, 1000))]).toEqual([0.5, 0.5]);
});

test("smoothed targets sum to one", () => {
  expect([...denseTargets([1], 4, 0.5)]).toEqual([0.125, 0.625, 0.125, 0.125]);
  expect([...denseTargets([0, 2], 3, 0)]).toEqual([1, 0, 0, 0, 0, 1]);
});
