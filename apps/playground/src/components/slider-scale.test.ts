import { listSchedules } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { parametersOf } from "../schedule/parameters.ts";
import { sliderScale } from "./slider-scale.ts";

test("even steps are free of rounding errors", () => {
  const scale = sliderScale({ min: 0, max: 1, step: 0.01, scale: "linear", zero: false });
  expect([0.1 + 0.2, 0.07 * 3].map((position) => scale.valueAt(position))).toEqual([0.3, 0.21]);
  expect([-1, 0.5, 7].map((value) => scale.positionOf(value))).toEqual([0, 0.5, 1]);
});

test("even factors have values of two digits", () => {
  const scale = sliderScale({ min: 1e-4, max: 1, step: 0.05, scale: "log", zero: false });
  expect([0, 20, 23, 80].map((position) => scale.valueAt(position))).toEqual([1e-4, 0.001, 0.0014, 1]);
});

test("a slider that has a 0 has it at its end", () => {
  const scale = sliderScale({ min: 1e-6, max: 1, step: 0.05, scale: "log", zero: true });
  expect([0, 1, 121].map((position) => scale.valueAt(position))).toEqual([0, 1e-6, 1]);
  expect([0, 1e-12, 1, 5].map((value) => scale.positionOf(value))).toEqual([0, 1, 121, 121]);
});

test("every position of every logarithmic slider has a value of its own, which finds it again", () => {
  const ranges = listSchedules().flatMap(({ name }) => parametersOf(name).map(({ range }) => range));
  const scales = ranges.filter(({ scale }) => scale === "log").map(sliderScale);
  expect(scales.length).toBeGreaterThan(0);
  for (const scale of scales) {
    for (let position = 0; position <= scale.max; position++) {
      expect(Math.round(scale.positionOf(scale.valueAt(position)))).toBe(position);
    }
  }
});
