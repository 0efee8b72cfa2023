import { expect, test } from "vitest";
import { readOperations } from "../golden.fixture.ts";
import { floorDivide } from "./floor-division.ts";

test("equals Python's // for every printed pair", () => {
  const operations = readOperations("floordiv");
  expect(operations).toHaveLength(400);
  for (const { a, r } of operations) expect([a, floorDivide(a[0] ?? 0, a[1] ?? 1)]).toEqual([a, r]);
});

test.each([
  [1, 0.1, 9],
  [9, 0.9, 9],
  [21, 2.1, 9],
  [5, 5, 1],
  [0, 0.3, 0],
])("%d // %d is %d", (a, b, expected) => {
  expect(floorDivide(a, b)).toBe(expected);
});
