import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunEvent } from "../run-events.ts";
import { readEvents } from "./read-events.fixture.ts";
import { type TensorBoardOptions, tensorBoardListener } from "./tensorboard-listener.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-tensorboard-"));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, `run-${folders++}`);
const run = { stop() {} };

const started = (epoch = 0, update = 0): RunEvent => ({ type: "runStarted", epoch, update, history: [] });
const updateDone = (update: number, gradNorm: number | null = null): RunEvent => ({
  ...{ type: "updateDone", update, epoch: 0, loss: 1 / update, gradNorm, lr: 0.5, images: 32, seconds: 1 },
});
const epochDone = (epoch: number, update: number, validation: Record<string, number> | null): RunEvent => ({
  ...{ type: "epochDone", epoch, update, train: { loss: 2 }, validation, lr: 0.5 },
});
const ended: RunEvent = { type: "runEnded" };

async function play(folder: string, events: readonly RunEvent[], options?: TensorBoardOptions) {
  const listener = tensorBoardListener(folder, options);
  for (const event of events) await listener(event, run);
}

test("writes every n-th update, and every epoch with its metrics", async () => {
  const folder = newFolder();
  const updates = [1, 2, 3, 4, 5].map((update) => updateDone(update, update === 4 ? 8 : null));
  const last = epochDone(0, 5, { loss: 0.25, top1: Number.NaN });
  await play(folder, [started(), ...updates, last, epochDone(1, 10, null), ended], { every: 2 });
  expect(await readEvents(folder)).toEqual([
    [
      [0, "brain.Event:2"],
      ...[
        [1, "start 1"],
        [1, "start 1"],
      ],
      ...[
        [2, "train/loss", 0.5],
        [2, "train/lr", 0.5],
      ],
      ...[
        [4, "train/loss", 0.25],
        [4, "train/lr", 0.5],
        [4, "train/grad_norm", 8],
      ],
      ...[
        [5, "epoch/train_loss", 2],
        [5, "eval/loss", 0.25],
        [5, "eval/top1", Number.NaN],
      ],
      [10, "epoch/train_loss", 2],
    ],
  ]);
});

test("a resumed run begins a file that replaces what came after its point", async () => {
  const folder = newFolder();
  await play(folder, [started(), updateDone(10), updateDone(20), ended]);
  await play(folder, [started(1, 10), updateDone(20), ended]);
  const files = await readEvents(folder);
  expect(files.map((events) => events.slice(1, 3))).toEqual([
    [
      [1, "start 1"],
      [1, "start 1"],
    ],
    [
      [11, "start 1"],
      [11, "start 1"],
    ],
  ]);
});

test("points are on disk after the epoch, at a checkpoint, and after some seconds", async () => {
  const folder = newFolder();
  let time = 0;
  const listener = tensorBoardListener(folder, { every: 1, flushSeconds: 10, now: () => time });
  const count = async () => (await readEvents(folder))[0]?.filter(([, what]) => what.includes("/")).length;
  await listener(started(), run);
  await listener(updateDone(1), run);
  expect(await count()).toBe(0);
  time = 9_999;
  await listener(updateDone(2), run);
  expect(await count()).toBe(0);
  time = 10_000;
  await listener(updateDone(3), run);
  expect(await count()).toBe(6);
  await listener(updateDone(4), run);
  expect(await count()).toBe(6);
  await listener({ type: "checkpointDue" }, run);
  expect(await count()).toBe(8);
  await listener(epochDone(0, 4, null), run);
  expect(await count()).toBe(9);
  await listener(ended, run);
});

test("events without a run are not written", async () => {
  const folder = newFolder();
  await play(folder, [started(), ended, updateDone(10), ended]);
  expect(await readEvents(folder)).toEqual([
    [
      [0, "brain.Event:2"],
      [1, "start 1"],
      [1, "start 1"],
    ],
  ]);
});

test.each([
  [{ every: 0 }, "tensorBoardListener: every must be a whole number >= 1, got 0"],
  [{ every: 1.5 }, "tensorBoardListener: every must be a whole number >= 1, got 1.5"],
  [{ flushSeconds: -1 }, "tensorBoardListener: flushSeconds must be a number >= 0, got -1"],
  [{ flushSeconds: Number.NaN }, "tensorBoardListener: flushSeconds must be a number >= 0, got NaN"],
])("options %j are refused", (options, message) => {
  expect(() => tensorBoardListener(root, options)).toThrow(new RangeError(message));
});
