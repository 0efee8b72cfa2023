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
])("cos %d is %d", (x, expected) => {
  expect(cos(x)).toBe(expected);
});
