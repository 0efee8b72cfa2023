import { expect, test } from "vitest";
import { duration, RunClock } from "./run-clock.ts";

const size = {
  numEpochs: 15,
  updatesPerEpoch: 62,
  updateImages: 32,
  validationImages: 480,
  valInterval: 1,
};
const clocked = (seconds: readonly number[], over: Partial<typeof size> = {}) => {
  const clock = new RunClock({ ...size, ...over });
  for (const each of seconds) clock.addUpdate(each);
  return clock;
};

test("nothing is known before the engine is warm", () => {
  const clock = clocked([30, 5]);
  expect(clock.epochSeconds).toBe(null);
  expect(clock.firstEstimate({ epoch: 0, updatesDone: 2 })).toBe(null);
});

test("an epoch is its updates and its validation, a third as long an image", () => {
  const clock = clocked([30, 5, 0.1, 0.3]);
  expect(clock.epochSeconds).toBeCloseTo(62 * 0.2 + (0.2 / 32) * 480 * (1 / 3), 10);
  clock.setValidation(4);
  expect(clock.epochSeconds).toBeCloseTo(62 * 0.2 + 4, 10);
});

test("the run is what is left of it", () => {
  const clock = clocked([30, 5, 0.2]);
  clock.setValidation(2);
  expect(clock.secondsLeft({ epoch: 0, updatesDone: 0 })).toBeCloseTo(15 * (62 * 0.2 + 2), 10);
  expect(clock.secondsLeft({ epoch: 14, updatesDone: 60 })).toBeCloseTo(2 * 0.2 + 2, 10);
});

test("the log says it once, as soon as it is fair", () => {
  const lines = (seconds: number, epoch: number) => {
    const clock = clocked([]);
    return Array.from({ length: 20 }, (_, index) => {
      clock.addUpdate(seconds);
      const line = clock.firstEstimate({ epoch, updatesDone: index + 1 });
      return line === null ? [] : [[index + 1, line]];
    }).flat();
  };
  expect(lines(0.2, 0)).toEqual([[10, "About 13 s an epoch, 3 min for the run (15 epochs)"]]);
  expect(lines(6, 0)).toEqual([[4, "About 7 min an epoch, 1.7 h for the run (15 epochs)"]]);
  expect(lines(0.2, 14)).toEqual([[10, "About 13 s an epoch, 11 s for the 1 epoch left"]]);
});

test("there is nothing to say at the end", () => {
  const clock = clocked(Array(12).fill(1), { updatesPerEpoch: 12, numEpochs: 1 });
  expect(clock.firstEstimate({ epoch: 0, updatesDone: 12 })).toBe(null);
});

test("validations between epochs count as often as they happen", () => {
  const clock = clocked([1, 1, 0], { valInterval: 4 });
  clock.setValidation(10);
  // After epochs 4, 8, 12 and the last.
  expect(clock.secondsLeft({ epoch: 0, updatesDone: 0 })).toBe(40);
  expect(clock.secondsLeft({ epoch: 4, updatesDone: 0 })).toBe(30);
  expect(clock.secondsLeft({ epoch: 13, updatesDone: 0 })).toBe(10);
});

test("durations have the unit that suits them", () => {
  expect([0, 99.4, 99.6, 5969, 5971, 172799, 172800].map(duration)).toEqual([
    ...["1 s", "99 s", "2 min", "99 min", "1.7 h", "48 h", "2 days"],
  ]);
});
