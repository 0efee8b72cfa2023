import { expect, test } from "vitest";
import { roundChannels } from "../layers/round-channels.ts";
import { deepen, inverted, separable, widen } from "./block-rows.ts";

const stages = [
  [separable([1, 3, 1, 24])],
  [inverted([1, 3, 2, 32], 6), inverted([3, 3, 1, 32], 3)],
  [inverted([4, 5, 2, 200], 6)],
];
const repeats = (rows: ReturnType<typeof deepen>) => rows.map((stage) => stage.map((row) => row.repeats));

test("more blocks go to a stage's last rows", () => {
  expect(repeats(deepen(stages, 1))).toEqual([[1], [1, 3], [4]]);
  expect(repeats(deepen(stages, 1.2))).toEqual([[2], [1, 4], [5]]);
  expect(repeats(deepen(stages, 1.2, Math.round))).toEqual([[1], [1, 4], [5]]);
  expect(repeats(deepen(stages, 1.8))).toEqual([[2], [2, 6], [8]]);
});

test("channels grow in eights, and lose a tenth at most", () => {
  const channels = widen(stages, 1.3).map((stage) => stage.map((row) => row.channels));
  expect(channels).toEqual([[32], [40, 40], [264]]);
  expect([1, 8, 11, 12, 35.2, 44.8].map((count) => roundChannels(count))).toEqual([8, 8, 16, 16, 32, 48]);
  expect([16, 19, 20].map((count) => roundChannels(count, 0))).toEqual([16, 16, 24]);
});
