import { expect, test } from "vitest";
import { stepPath } from "./step-path.ts";

const x = (t: number) => 10 * t;
const y = (rate: number) => 100 - 1000 * rate;
const line = (rates: readonly number[]) => ({
  times: rates.map((_, t) => t),
  rates: Float64Array.from(rates),
  length: rates.length,
});

test("holds each rate until the next t, and the last one to the end", () => {
  expect(stepPath(line([0.1, 0.1, 0.05]), x, y)).toBe("M0,0H20V50H30");
});

test("begins anew behind a rate that cannot be drawn", () => {
  expect(stepPath(line([0.1, Number.NaN, 0.05]), x, y)).toBe("M0,0H10M20,50H30");
});

test("keeps the first, lowest, highest and last rate of a column", () => {
  const narrow = (t: number) => t / 100;
  expect(stepPath(line([0.05, 0.02, 0.09, 0.06]), narrow, y)).toBe("M0,50V80V10V40H0");
});

test("of a million rates as many points stay as the screen has columns", () => {
  const rates = Float64Array.from({ length: 1_000_000 }, (_, t) => 0.05 + 0.05 * Math.sin(t * 12.9898));
  const path = stepPath(line([...rates]), (t) => t / 1000, y);
  expect((path.match(/[HV]/g) ?? []).length).toBeLessThan(2000 * 5);
  expect(Math.min(...(path.match(/(?<=V)[\d.]+/g) ?? []).map(Number))).toBe(0);
});
