import { expect, test } from "vitest";
import { didYouMean } from "./nearest-name.ts";

const names = ["step", "multistep", "cosine", "decayT", "decayRate", "noiseRangeT"];

test.each([
  ["stpe", "step"],
  ["setp", "step"],
  ["COSINE", "cosine"],
  ["cosin", "cosine"],
  ["multi-step", "multistep"],
  ["decay_rate", "decayRate"],
  ["noise_range_t", "noiseRangeT"],
])("%s is near %s", (given, expected) => {
  expect(didYouMean(given, names)).toBe(`did you mean "${expected}"?`);
});

test.each(["", "x", "plateau", "warmup", "y".repeat(10000)])("nothing is near %s", (given) => {
  expect(didYouMean(given, names)).toBe("");
});
