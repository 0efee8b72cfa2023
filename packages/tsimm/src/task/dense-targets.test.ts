import { expect, test } from "vitest";
import { denseTargets } from "./dense-targets.ts";

test.each([
  [[4], 4, 0, "labels[0] must be a class in [0, 3], got 4"],
  [[1, -1], 4, 0, "labels[1] must be a class in [0, 3], got -1"],
  [[1.5], 4, 0, "labels[0] must be a class in [0, 3], got 1.5"],
  [[1], 4, 2, "smoothing must be a number in [0, 1], got 2"],
  [[], 0, 0, "numClasses must be an integer >= 1, got 0"],
])("labels %j of %i classes with smoothing %d are refused", (labels, numClasses, smoothing, message) => {
  expect(() => denseTargets(labels, numClasses, smoothing)).toThrow(
    new RangeError(`denseTargets: ${message}`),
  );
});
