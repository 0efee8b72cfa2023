import { expect, test } from "vitest";
import { readOperations } from "../golden.fixture.ts";
import { cos } from "./cos.ts";

test("equals Python's math.cos for every printed argument", () => {
  const operations = readOperations("cos");
  expect(operations).toHaveLength(400);
  for (const { a, r } of operations) expect([a, cos(a[0] ?? 0)]).toEqual([a, r]);
});

test.each([
  [0, 1],
  [Math.PI, -1],
  [Math.PI / 2, 6.123233995736766e-17],
  [1.5 * Math.PI, -1.8369701987210297e-16],
  [-Math.PI / 3, 0.5000000000000001],
  // Just beside the middle of two doubles, as mpmath tells.
  [1.563655486693287, 0.007140779414623781],
  [4.719657276595351, 0.007268232215747402],
])("cos %d is %d", (x, expected) => {
  expect(cos(x)).toBe(expected);
});

test("is even", () => {
  for (let i = 0; i < 2000; i++) expect(cos(-i / 64)).toBe(cos(i / 64));
});
