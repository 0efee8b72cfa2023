import { cosineLr, multiStepLr, stepLr } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { sampleTimes } from "./sample-times.ts";

const LENGTH = 12_000_000;
const sampled = (rateAt: (t: number) => number, marks: number[] = []) => sampleTimes(LENGTH, marks, rateAt);

test("takes every t of a short schedule", () => {
  expect(sampleTimes(5, [], () => 1)).toEqual([0, 1, 2, 3, 4]);
  expect(sampleTimes(0, [], () => 1)).toEqual([]);
});

test("finds the very t of each jump of a long one", () => {
  const decayT = [1_234_567, 5_000_001, 11_999_999];
  const times = sampled(multiStepLr(0.1, { decayT, decayRate: 0.1, milestoneTiming: "torch" }));
  const missed = decayT.flatMap((t) => [t - 1, t]).filter((t) => !times.includes(t));
  expect(missed).toEqual([]);
  expect([times[0], times.at(-1)]).toEqual([0, LENGTH - 1]);
  expect(times.length).toBeLessThan(5000);
});

test("finds the restarts of cycles, a warm-up and marks", () => {
  const lr = cosineLr(0.1, { tInitial: 2_345_678, cycleLimit: 5, cycleDecay: 0.5, warmupT: 4567 });
  const times = sampled(lr, [4567, 7_777_777.5]);
  const wanted = [4566, 4567, 2_345_677, 2_345_678, 4_691_356, 7_777_778];
  expect(wanted.filter((t) => !times.includes(t))).toEqual([]);
  // Held rates miss the curve by less than a pixel of a figure.
  for (const t of [100_001, 2_345_000, 6_000_001, 11_800_000]) {
    const held = times.findLast((time) => time <= t) ?? 0;
    expect(Math.abs(lr(t) - lr(held))).toBeLessThan(0.1 / 300);
  }
});

test("stays small where there is no end of jumps", () => {
  let calls = 0;
  const lr = stepLr(0.1, { decayT: 3, decayRate: 0.999 });
  const times = sampleTimes(9e15, [], (t) => {
    calls++;
    return (t % 7) * lr(t % 1000);
  });
  expect(times.length).toBeLessThan(120_000);
  expect(calls).toBeLessThan(300_000);
  expect(times.every((t, i) => i === 0 || t > (times[i - 1] ?? 0))).toBe(true);
});

test("takes about as many t as a figure has columns, and those of jumps", () => {
  const decayT = [1_234_567, 5_000_001, 11_999_999];
  const times = sampleTimes(
    LENGTH,
    [777],
    multiStepLr(0.1, { decayT, decayRate: 0.1, milestoneTiming: "torch" }),
    500,
  );
  const wanted = [0, 776, 777, ...decayT.flatMap((t) => [t - 1, t]), LENGTH - 1];
  expect(wanted.filter((t) => !times.includes(t))).toEqual([]);
  expect(times.length).toBeLessThan(600);
  expect(sampleTimes(500, [], () => 1, 500)).toHaveLength(500);
  const endless = sampleTimes(LENGTH, [], (t) => 1 + (t % 2), 500);
  expect(endless.length).toBeLessThanOrEqual(501 + 4 * 500);
});
