import { expect, test } from "vitest";
import { drawnMetric, learningCurve } from "./drawn-metric.ts";

test("a stroke lies on a line, and the rest of the run is filled", () => {
  const stroke = { from: { epoch: 1, value: 10 }, to: { epoch: 3, value: 30 }, epochs: 5 };
  expect(drawnMetric([], stroke)).toEqual([10, 10, 20, 30, 30]);
});

test("a stroke to the left changes only what it passes", () => {
  const stroke = { from: { epoch: 3, value: 4 }, to: { epoch: 2, value: 8 }, epochs: 5 };
  expect(drawnMetric([1, 1, 1, 1, 1], stroke)).toEqual([1, 1, 8, 4, 1]);
});

test("a point changes one epoch", () => {
  const point = { epoch: 1, value: 9 };
  expect(drawnMetric([1, 2, 3], { from: point, to: point, epochs: 3 })).toEqual([1, 9, 3]);
});

test("a typical run gets better, whichever way that is", () => {
  const [higher, lower] = [learningCurve(50, "higher"), learningCurve(50, "lower")];
  expect(Number(higher.at(-1))).toBeGreaterThan(Number(higher[0]) + 50);
  expect(Number(lower.at(-1))).toBeLessThan(Number(lower[0]) - 1);
});
