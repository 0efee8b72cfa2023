import { expect, test } from "vitest";
import { batchLabels } from "./labels.ts";

test("whole numbers become int32, others float32", () => {
  expect(batchLabels([2, 0, -0])).toEqual(Int32Array.of(2, 0, 0));
  expect(batchLabels([2, 0.5])).toEqual(Float32Array.of(2, 0.5));
  expect(batchLabels([2 ** 31, 1])).toEqual(Float32Array.of(2 ** 31, 1));
  expect(batchLabels([Number.NaN])).toEqual(Float32Array.of(Number.NaN));
});

test("lists become float32", () => {
  expect(batchLabels([[1], [0]])).toEqual(Float32Array.of(1, 0));
});
