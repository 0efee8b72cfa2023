import fc from "fast-check";
import { expect, test } from "vitest";
import { readOperations } from "../golden.fixture.ts";
import { pow } from "./pow.ts";

test("equals Python's ** for every printed power", () => {
  const operations = readOperations("pow");
  expect(operations).toHaveLength(800);
  for (const { a, r } of operations) {
    const [x = 0, y = 0] = a;
    expect([x, y, pow(x, y)]).toEqual([x, y, r]);
  }
});

// by decimal arithmetic with 80 digits
test.each([
  [0.1, 308.5, 3.162277660168434e-309],
  [0.1, 323, 1e-323],
  [0.1, 323.2, 5e-324],
  [0.1, 324, 0],
  [0.5, 1074, 5e-324],
  [0.5, 1074.5, 5e-324],
  [0.5, 1075, 0],
  [5e-324, 0.5, 2.2227587494850775e-162],
  [2, 1023.9999, 1.7975685325879886e308],
  [2, 1024, Number.POSITIVE_INFINITY],
  [1.0000001, 1e9, 2.6881038582144647e43],
  [0.9999999999999999, 1e15, 0.8949187898136988],
])("%d ^ %d is %d, where doubles get coarse or errors add up", (x, y, expected) => {
  expect(pow(x, y)).toBe(expected);
});

test.each([
  [3, 5, 243],
  [134217729, 2, 18014398777917440],
  [94906267, 2, 9007199515875288],
  [262145, 3, 18014604668698624],
  [1.5, 2, 2.25],
  [0.25, 1.5, 0.125],
  [Number.MAX_VALUE, 0.5, 1.3407807929942596e154],
])("%d ^ %d is exact, or a tie rounded to even", (x, y, expected) => {
  expect(pow(x, y)).toBe(expected);
});

test.each([
  [0, 0, 1],
  [7, 0, 1],
  [0.3, 1, 0.3],
  [0, 0.1, 0],
  [0, -1, Number.POSITIVE_INFINITY],
  [0.5, Infinity, 0],
  [2, Infinity, Infinity],
  [0.5, 1e308, 0],
  [1e308, 1e308, Infinity],
])("%d ^ %d is %d without any rounding", (x, y, expected) => {
  expect(pow(x, y)).toBe(expected);
});

test("whole powers of whole numbers are the exact product, rounded once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 2 ** 24 }), fc.integer({ min: 2, max: 40 }), (x, y) => {
      expect(pow(x, y)).toBe(Number(BigInt(x) ** BigInt(y)));
    }),
    { numRuns: 10_000 },
  );
});
