import { expect, test } from "vitest";
import { tickLabel } from "./tick-label.ts";

test.each([
  [0, "0"],
  [-0.25, "-0.25"],
  [100, "100"],
  [0.1 + 0.2, "0.3"],
  [0.001, "0.001"],
  [0.0005, "5e-4"],
  [0.000055, "5.5e-5"],
  [999_999, "999999"],
  [2_500_000, "2.5e6"],
])("writes %d as %s", (value, text) => {
  expect(tickLabel(value)).toBe(text);
});

test.each([
  [0, 0.003, "0"],
  [0.0005, 0.003, "0.0005"],
  [0.00005, 0.003, "0.00005"],
  [0.0005, 0.0009, "5e-4"],
  [500_000, 2_000_000, "5e5"],
])("writes %d on an axis up to %d as %s", (value, largest, text) => {
  expect(tickLabel(value, largest)).toBe(text);
});
