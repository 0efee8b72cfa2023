import { expect, test } from "vitest";
import { readOperations } from "../golden.fixture.ts";
import { expm1 } from "./exp.ts";
import { log } from "./log.ts";

test("equals Python's math.log for every printed argument", () => {
  const operations = readOperations("log");
  expect(operations).toHaveLength(400);
  for (const { a, r } of operations) expect([a, log(a[0] ?? 0, expm1)]).toEqual([a, r]);
});

test("is right where Math.log of V8 is not, and for the smallest double", () => {
  expect(log(3, expm1)).toBe(1.0986122886681098);
  expect(log(5e-324, expm1)).toBe(-744.4400719213812);
});
