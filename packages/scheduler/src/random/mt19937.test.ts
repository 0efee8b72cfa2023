import { expect, test } from "vitest";
import { Mt19937 } from "./mt19937.ts";

test("gives the published 10000th word of seed 5489", () => {
  const generator = new Mt19937(5489);
  for (let i = 1; i < 10000; i++) generator.uint32();
  expect(generator.uint32()).toBe(4123659995);
});

test("takes the low 32 bits of a seed", () => {
  const first = [42, 2 ** 32 + 42, 42 - 2 ** 32].map((seed) => new Mt19937(seed).uint32());
  expect(first).toEqual([1608637542, 1608637542, 1608637542]);
});
