import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedRandom, permutation } from "./keyed-random.ts";

const take = (n: number, next: () => number) => Array.from({ length: n }, next);

test("the same key gives the same numbers, another key others", () => {
  const numbers = (seed: number, epoch: number) => take(4, keyedRandom(seed, "augment", epoch, 7).uint32);
  expect(numbers(42, 1)).toEqual(numbers(42, 1));
  expect(numbers(42, 1)).not.toEqual(numbers(42, 2));
  expect(numbers(42, 1)).not.toEqual(numbers(43, 1));
  expect(take(4, keyedRandom(42, "mix", 1, 7).uint32)).not.toEqual(numbers(42, 1));
});

test("first numbers of neighbouring keys have the mean and variance of their distribution", () => {
  const n = 20_000;
  const uniforms = Array.from({ length: n }, (_, i) => keyedRandom(1, "augment", i).uniform());
  const normals = Array.from({ length: n }, (_, i) => keyedRandom(1, "init", i).normal());
  const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const variance = (xs: number[]) => mean(xs.map((x) => (x - mean(xs)) ** 2));
  // Five standard errors.
  expect(Math.abs(mean(uniforms) - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
  expect(Math.abs(mean(normals))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(variance(normals) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
}, 120_000);

test("a permutation holds every index once", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), (n, seed) => {
      const order = permutation(n, keyedRandom(seed, "shuffle", 0));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }),
  );
});

test("a seed that is no safe integer is refused", () => {
  expect(() => keyedRandom(0.5, "init")).toThrow("keyedRandom: seed must be a safe integer, got 0.5");
});
