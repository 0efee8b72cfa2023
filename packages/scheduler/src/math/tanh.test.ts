import { expect, test } from "vitest";
import { readOperations } from "../golden.fixture.ts";
import { tanh } from "./tanh.ts";

test("equals Python's math.tanh for every printed argument", () => {
  const operations = readOperations("tanh");
  expect(operations).toHaveLength(400);
  for (const { a, r } of operations) expect([a, tanh(a[0] ?? 0)]).toEqual([a, r]);
});

test("stays within an ulp or two of Math.tanh over its whole range, odd and bounded", () => {
  for (let x = 0; x < 25; x += 0.00731) {
    expect(Math.abs(tanh(x) - Math.tanh(x))).toBeLessThanOrEqual(4e-16 * Math.tanh(x));
    expect(tanh(-x)).toBe(-tanh(x));
  }
});

test.each([
  [0, 0],
  [1e-300, 1e-300],
  [22, 1],
  [1e9, 1],
])("tanh %d is %d", (x, expected) => {
  expect(tanh(x)).toBe(expected);
});
