import { expect, test } from "vitest";
import { runTime, secondsPerEpoch } from "./epoch-clock.ts";

const MINUTE = 60_000;

test.each<[string, readonly (readonly [done: number, minutes: number])[], number | null]>([
  [
    "the mean of several epochs that ended at once",
    [
      [0, 0],
      [4, 8],
    ],
    120,
  ],
  [
    "the middle one, so that a night between two epochs does not count",
    [
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 600],
      [4, 602],
    ],
    120,
  ],
  [
    "the newest nine",
    [0, 5, 10, 15, 20, 25, 26, 27, 28, 29, 30, 31].map((at, done) => [done, at] as const),
    60,
  ],
  [
    "the same in any order",
    [
      [4, 8],
      [0, 0],
    ],
    120,
  ],
  [
    "nothing for files that were copied, which are all of one time",
    [
      [0, 3],
      [4, 3],
    ],
    null,
  ],
  [
    "nothing for a start that is later than the epochs",
    [
      [0, 9],
      [4, 8],
    ],
    null,
  ],
  ["nothing for a single one", [[4, 8]], null],
  ["nothing for none", [], null],
])("the time of an epoch is %s", (_, ends, seconds) => {
  expect(secondsPerEpoch(ends.map(([done, minutes]) => ({ done, at: minutes * MINUTE })))).toBe(seconds);
});

test("what is left counts down, but not below the epochs after the present one", () => {
  const ends = [
    { done: 0, at: 0 },
    { done: 1, at: MINUTE },
  ];
  const left = (seconds: number) => runTime(ends, 1000 * seconds, 3).left;
  expect([60, 90, 120, 200].map(left)).toEqual([120, 90, 60, 60]);
});

test("after three times an epoch nobody waits for the next one any more", () => {
  const ends = [
    { done: 0, at: 0 },
    { done: 1, at: MINUTE },
  ];
  expect(runTime(ends, 4 * MINUTE, 3)).toEqual({ perEpoch: 60, left: 60, silent: null });
  expect(runTime(ends, 5 * MINUTE, 3)).toEqual({ perEpoch: 60, left: null, silent: 240 });
});

test("nothing is left when all epochs are done, or their number is not known", () => {
  const ends = [
    { done: 2, at: 0 },
    { done: 3, at: MINUTE },
  ];
  expect(runTime(ends, 9 * MINUTE, 3)).toEqual({ perEpoch: 60, left: null, silent: null });
  expect(runTime(ends, 2 * MINUTE, null)).toEqual({ perEpoch: 60, left: null, silent: null });
});
