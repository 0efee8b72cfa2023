import { expect, test } from "vitest";
import { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
import type { EpochResult } from "./run-events.ts";

const results = (values: readonly (number | null)[]): EpochResult[] =>
  values.map((top1, epoch) => ({
    ...{ epoch, update: 10 * (epoch + 1), train: { loss: 1 }, lr: 0.1 },
    validation: top1 === null ? null : { loss: -1, top1 },
  }));

/** Plays a run; returns the epoch after which it was stopped, -1 at its start, null if it was not, and why. */
async function play(
  options: Partial<EarlyStoppingOptions>,
  values: readonly (number | null)[],
  done = 0,
): Promise<[epoch: number | null, reason: string]> {
  const listener = earlyStopping({ metric: "top1", better: "higher", patience: 2, ...options });
  let stopped: [number | null, string] = [null, ""];
  let epoch = -1;
  const run = {
    stop: (reason: string) => {
      stopped = [epoch, reason];
    },
  };
  const all = results(values);
  const history = all.slice(0, done);
  await listener({ type: "runStarted", epoch: done, update: 10 * done, history }, run);
  for (const result of all.slice(done)) {
    if (stopped[0] !== null) break;
    epoch = result.epoch;
    await listener({ type: "epochDone", ...result }, run);
  }
  return stopped;
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test.each([
  { name: "goes on while the metric rises", values: [1, 2, 3, 4], stop: null },
  { name: "goes on while it rises every other epoch", values: [1, 0, 2, 1, 3, 2, 4], stop: null },
  { name: "stops after two epochs without improvement", values: [1, 3, 2, 2.5, 9], stop: 3 },
  { name: "an equal metric is no improvement", values: [1, 1, 1, 9], stop: 2 },
  { name: "patience 1 stops at the first", options: { patience: 1 }, values: [1, 2, 1.5, 9], stop: 2 },
  { name: "less than minDelta is no improvement", options: { minDelta: 1 }, values: [1, 1.5, 2, 9], stop: 2 },
  { name: "small steps add up", options: { minDelta: 1 }, values: [1, 1.6, 2.2, 2.9, 3.5, 4], stop: null },
  { name: "lower may be better", options: { better: "lower" }, values: [5, 4, 4.5, 6, 1], stop: 3 },
  { name: "epochs without an evaluation do not count", values: [2, null, 1, null, null, 1, 9], stop: 5 },
  { name: "NaN is no improvement", values: [1, nan, nan, 9], stop: 2 },
  { name: "any number improves on NaN", values: [nan, -5, -6, -4], stop: null },
  { name: "only NaN stops", values: [nan, nan, 9], stop: 1 },
  { name: "infinite values have no distance", values: [infinity, infinity, infinity], stop: 2 },
] satisfies {
  name: string;
  options?: Partial<EarlyStoppingOptions>;
  values: (number | null)[];
  stop: number | null;
}[])("$name", async ({ options = {}, values, stop }) => {
  expect((await play(options, values))[0]).toBe(stop);
});

test("a resumed run counts the epochs of its history, wherever it goes on", async () => {
  const values = [1, 3, 2, 2.5, 9];
  const whole = await play({}, values);
  expect(whole[0]).toBe(3);
  for (const done of [1, 2, 3]) expect(await play({}, values, done)).toEqual(whole);
});

test("a resumed run whose patience is over already stops at its start, unless patience was raised", async () => {
  const values = [1, 3, 2, 2.5, 9, 8];
  expect((await play({}, values, 4))[0]).toBe(-1);
  expect((await play({ patience: 3 }, values, 4))[0]).toBe(null);
});

test("a second run of one listener starts anew", async () => {
  const listener = earlyStopping({ metric: "top1", better: "higher", patience: 1 });
  const reasons: string[] = [];
  const run = { stop: (reason: string) => reasons.push(reason) };
  for (let i = 0; i < 2; i++) {
    await listener({ type: "runStarted", epoch: 0, update: 0, history: [] }, run);
    for (const result of results([3 - i])) await listener({ type: "epochDone", ...result }, run);
  }
  expect(reasons).toEqual([]);
});

test.each([
  [{}, [1, 0, 0], "top1 has not improved for 2 epochs, its best is 1 of epoch 0"],
  [{ patience: 1 }, [1, 0], "top1 has not improved for 1 epoch, its best is 1 of epoch 0"],
  [
    { minDelta: 0.5 },
    [1, 0, 0],
    "top1 has not improved by more than 0.5 for 2 epochs, its best is 1 of epoch 0",
  ],
  [{}, [nan, nan], "top1 has not improved for 2 epochs, it was never a number"],
])("says why, with %j after %j", async (options, values, reason) => {
  expect((await play(options, values))[1]).toBe(reason);
});

test("an unknown metric is an error at the first evaluation", async () => {
  await expect(play({ metric: "top2" }, [null, 1])).rejects.toThrow(
    new RangeError('earlyStopping: metric must be one of loss, top1, got "top2"; did you mean "top1"?'),
  );
});

test.each([
  [{ patience: 0 }, "earlyStopping: patience must be a whole number >= 1, got 0"],
  [{ patience: 1.5 }, "earlyStopping: patience must be a whole number >= 1, got 1.5"],
  [{ minDelta: -1 }, "earlyStopping: minDelta must be a finite number >= 0, got -1"],
  [{ minDelta: nan }, "earlyStopping: minDelta must be a finite number >= 0, got NaN"],
])("options %j are refused", async (options, message) => {
  await expect(play(options, [])).rejects.toThrow(new RangeError(message));
});

test("an unknown direction is refused", () => {
  const options = JSON.parse('{ "metric": "top1", "better": "up", "patience": 1 }');
  expect(() => earlyStopping(options)).toThrow(
    new RangeError('earlyStopping: better must be one of lower, higher, got "up"'),
  );
});
