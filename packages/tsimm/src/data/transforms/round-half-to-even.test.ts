import { expect, test } from "vitest";
import { roundHalfToEven } from "./round-half-to-even.ts";

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.4999999999999996, 2],
  [2.5000000000000004, 3],
  [7, 7],
])("round(%s) is %s, as in Python", (value, rounded) => {
  expect(roundHalfToEven(value)).toBe(rounded);
});
