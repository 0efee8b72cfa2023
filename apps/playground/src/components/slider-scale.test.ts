import { expect, test } from "vitest";
import { sliderScale } from "./slider-scale.ts";

test("even steps are free of rounding errors", () => {
  const scale = sliderScale({ min: 0, max: 1, step: 0.01, scale: "linear" });
  expect([0.1 + 0.2, 0.07 * 3].map((position) => scale.valueAt(position))).toEqual([0.3, 0.21]);
  expect([-1, 0.5, 7].map((value) => scale.positionOf(value))).toEqual([0, 0.5, 1]);
});

test("a logarithmic range has values of two digits and finds them again", () => {
  const scale = sliderScale({ min: 1e-4, max: 1, step: 1e-4, scale: "log" });
  expect([0, 20, 23, 80].map((position) => scale.valueAt(position))).toEqual([1e-4, 0.001, 0.0014, 1]);
  for (let position = 0; position <= scale.max; position++) {
    expect(Math.round(scale.positionOf(scale.valueAt(position)))).toBe(position);
  }
});

test("a logarithmic range that begins at 0 has the 0 at its end", () => {
  const scale = sliderScale({ min: 0, max: 0.1, step: 1e-5, scale: "log" });
  expect([0, 1, 121].map((position) => scale.valueAt(position))).toEqual([0, 1e-7, 0.1]);
  expect([0, 1e-12, 0.1, 5].map((value) => scale.positionOf(value))).toEqual([0, 1, 121, 121]);
});
