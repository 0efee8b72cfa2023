import fc from "fast-check";
import { expect, test } from "vitest";
import { linearTicks, logTicks, roundStep } from "./axis-ticks.ts";

test.each([
  [0.03, 0.05],
  [0.05, 0.05],
  [0.051, 0.1],
  [1, 1],
  [300, 500],
  [1.1e-5, 2e-5],
])("the round step from %d on is %d", (least, step) => {
  expect(roundStep(least)).toBe(step);
});

test.each([
  [0, 0.1, 5, [0, 0.02, 0.04, 0.06, 0.08, 0.1]],
  [0, 0.1, 2, [0, 0.05, 0.1]],
  [0, 0.07, 4, [0, 0.02, 0.04, 0.06, 0.08]],
  [-0.02, 0.1, 5, [-0.05, 0, 0.05, 0.1]],
  [0, 1e-4, 5, [0, 2e-5, 4e-5, 6e-5, 8e-5, 1e-4]],
  [0, 1.7e308, 5, [0, 1.7e308]],
  [1.9, 2.1, 4, [1.9, 1.95, 2, 2.05, 2.1]],
])("from %d to %d, at most %d intervals: %j", (low, high, most, ticks) => {
  expect(linearTicks(low, high, most)).toEqual(ticks);
});

test.each([
  [0.03, 0.4, 6, [0.02, 0.05, 0.1, 0.2, 0.5]],
  [1e-5, 0.1, 6, [1e-5, 1e-4, 1e-3, 1e-2, 0.1]],
  [1e-9, 1, 5, [1e-9, 1e-7, 1e-5, 1e-3, 0.1, 10]],
  [0.1, 0.1, 5, [0.1]],
])("on a logarithmic axis from %d to %d, at most %d intervals: %j", (low, high, most, ticks) => {
  expect(logTicks(low, high, most)).toEqual(ticks);
});

test("ticks reach around all values, in steps of 1, 2 or 5", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      value,
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 9 }),
      (low, span, most) => {
        const high = low + span;
        const ticks = linearTicks(low, high, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        const tolerance = 1e-6 * Math.max(Math.abs(low), Math.abs(high));
        expect(ticks[0]).toBeLessThanOrEqual(low + tolerance);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - tolerance);
      },
    ),
  );
});
