import { expect, test } from "vitest";
import type { EpochRow } from "../train/events.ts";
import { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
import { epochDone, epochRow, handle, metrics, play as playTo, runStarted } from "./run-events.fixture.ts";

const results = (values: readonly (number | null)[]): EpochRow[] =>
  values.map((top1, epoch) => epochRow(epoch, { validation: top1 === null ? null : { loss: -1, top1 } }));

/** Plays a run; returns the epoch after which it was stopped, -1 at its start, null if it was not, and why. */
async function play(
  options: Partial<EarlyStoppingOptions>,
  values: readonly (number | null)[],
  done = 0,
): Promise<[epoch: number | null, reason: string]> {
  return await playRows(options, results(values), done);
}

async function playRows(
  options: Partial<EarlyStoppingOptions>,
  rows: readonly EpochRow[],
  done = 0,
  start: Parameters<typeof runStarted>[0] = {},
): Promise<[epoch: number | null, reason: string]> {
  const listener = earlyStopping({ patience: 2, ...options });
  let stopped: [number | null, string] = [null, ""];
  let epoch = -1;
  const run = handle((reason) => {
    stopped = [epoch, reason];
  });
  await listener.on(runStarted({ epoch: done, history: rows.slice(0, done), ...start }), run);
  for (const row of rows.slice(done)) {
    if (stopped[0] !== null) break;
    epoch = row.epoch;
    await listener.on(epochDone(row), run);
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
  const listener = earlyStopping({ patience: 1 });
  const reasons: string[] = [];
  const run = handle((reason) => reasons.push(reason));
  for (let i = 0; i < 2; i++) {
    await playTo(listener, [runStarted(), ...results([3 - i]).map((row) => epochDone(row))], run);
  }
  expect(reasons).toEqual([]);
});

test("epochs of which nothing was told do not count", async () => {
  const reasons: string[] = [];
  const [first, second] = results([2, 1]).map((row) => epochDone(row));
  const none = epochDone(null);
  const told = [first, none, none, none, second].flatMap((event) => event ?? []);
  const run = handle((reason) => reasons.push(reason));
  await playTo(earlyStopping({ patience: 2 }), [runStarted(), ...told], run);
  expect(reasons).toEqual([]);
});

test("by default the metric is the one that the run is ranked by, in its direction", async () => {
  const rows = [3, 2, 1, 0].map((loss, epoch) => epochRow(epoch, { validation: { loss, top1: loss } }));
  expect(await playRows({}, rows, 0, { metric: metrics[0] })).toEqual([null, ""]);
  expect((await playRows({}, rows, 0, { metric: metrics[1] }))[0]).toBe(2);
  expect(await playRows({ metric: "loss" }, rows)).toEqual([null, ""]);
  expect((await playRows({ metric: "loss", better: "higher" }, rows))[0]).toBe(2);
});

test("without validation the training loss counts, of earlier epochs too", async () => {
  const validation = { loss: 9, top1: 9 };
  const rows = [3, 2, 2.5, 2, 1].map((trainLoss, epoch) =>
    epochRow(epoch, { trainLoss, validation: epoch < 2 ? validation : null }),
  );
  const start = { metric: metrics[0], validationImages: 0 };
  const stopped = [3, "training loss has not improved for 2 epochs, its best is 2 of epoch 1"];
  expect(await playRows({}, rows, 0, start)).toEqual(stopped);
  expect(await playRows({ metric: "loss" }, rows, 2, start)).toEqual(stopped);
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

test("an unknown metric is an error at the start", async () => {
  await expect(play({ metric: "top2" }, [])).rejects.toThrow(
    new RangeError('earlyStopping: metric must be one of loss, top1, got "top2"; did you mean "top1"?'),
  );
  await expect(
    playRows({ metric: "top1" }, [], 0, { metric: metrics[0], validationImages: 0 }),
  ).rejects.toThrow(
    new RangeError('earlyStopping: metric must be one of loss (there is no validation), got "top1"'),
  );
});

test("it is named in errors", () => {
  expect(earlyStopping({ patience: 1 }).name).toBe("early stopping");
});

test.each([
  [{ patience: 0 }, "earlyStopping: patience must be a whole number >= 1, got 0"],
  [{ patience: 1.5 }, "earlyStopping: patience must be a whole number >= 1, got 1.5"],
  [{ minDelta: -1 }, "earlyStopping: minDelta must be a finite number >= 0, got -1"],
  [{ minDelta: nan }, "earlyStopping: minDelta must be a finite number >= 0, got NaN"],
])("options %j are refused", async (options, message) => {
  await expect(play(options, [])).rejects.toThrow(new RangeError(message));
});

test("an unknown option is refused", () => {
  const options = JSON.parse('{ "patience": 1, "minDelt": 1 }');
  expect(() => earlyStopping(options)).toThrow(
    new RangeError(
      'earlyStopping: option must be one of metric, better, patience, minDelta, got "minDelt"; did you mean "minDelta"?',
    ),
  );
});

test("an unknown direction is refused", () => {
  const options = JSON.parse('{ "metric": "top1", "better": "up", "patience": 1 }');
  expect(() => earlyStopping(options)).toThrow(
    new RangeError('earlyStopping: better must be one of lower, higher, got "up"'),
  );
});
