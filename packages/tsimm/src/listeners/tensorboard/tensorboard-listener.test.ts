import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EpochRow, TrainingEvent } from "../../train/events.ts";
import {
  checkpointDue,
  epochDone,
  epochRow,
  handle,
  play as playTo,
  runEnded,
  runStarted,
  updateDone,
} from "../run-events.fixture.ts";
import { readEvents } from "./read-events.fixture.ts";
import { type TensorBoardOptions, tensorBoardListener } from "./tensorboard-listener.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-tensorboard-"));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, `run-${folders++}`);
const run = handle();
const play = (folder: string, events: readonly TrainingEvent[], options?: TensorBoardOptions) =>
  playTo(tensorBoardListener(folder, options), events);

/** A checkpoint that is due for the row of an epoch, and the end of the epoch. */
const epochEnd = (row: EpochRow, update: number): TrainingEvent[] => [
  { ...checkpointDue, reason: "epoch", epoch: row.epoch, update, row, metric: 1 },
  epochDone(row, { update }),
];

test("writes every n-th update, and every epoch with its metrics", async () => {
  const folder = newFolder();
  const updates = [1, 2, 3, 4, 5].map((update) => updateDone(update));
  const validation = { loss: 0.25, top1: Number.NaN };
  const rows = [
    ...epochEnd(epochRow(0, { trainLoss: 2, validation }), 5),
    epochDone(null, { update: 7 }),
    ...epochEnd(epochRow(1, { trainLoss: 2 }), 10),
  ];
  await play(folder, [runStarted(), ...updates, ...rows, runEnded], { every: 2 });
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
        [2, "train/grad_norm", 8],
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

test("with a moving average the plain weights have curves too", async () => {
  const folder = newFolder();
  const row = epochRow(0, { validation: { loss: 0.25 }, plain: { loss: 0.5 } });
  await play(folder, [runStarted(), ...epochEnd(row, 10), runEnded]);
  expect((await readEvents(folder)).map((events) => events.slice(3))).toEqual([
    [
      [10, "epoch/train_loss", 0.5],
      [10, "eval/loss", 0.25],
      [10, "model/loss", 0.5],
    ],
  ]);
});

test("a resumed run begins a file that replaces what came after its point", async () => {
  const folder = newFolder();
  await play(folder, [runStarted(), updateDone(10), updateDone(20), runEnded]);
  await play(folder, [runStarted({ epoch: 1 }), updateDone(20), runEnded]);
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

test("points are on disk at a checkpoint, those of its epoch too, and after some seconds", async () => {
  const folder = newFolder();
  let time = 0;
  const listener = tensorBoardListener(folder, { every: 1, flushSeconds: 10, now: () => time });
  const count = async () => (await readEvents(folder))[0]?.filter(([, what]) => what.includes("/")).length;
  await listener.on(runStarted(), run);
  await listener.on(updateDone(1), run);
  expect(await count()).toBe(0);
  time = 9_999;
  await listener.on(updateDone(2), run);
  expect(await count()).toBe(0);
  time = 10_000;
  await listener.on(updateDone(3), run);
  expect(await count()).toBe(9);
  await listener.on(updateDone(4), run);
  expect(await count()).toBe(9);
  await listener.on(checkpointDue, run);
  expect(await count()).toBe(12);
  for (const event of epochEnd(epochRow(0), 4)) await listener.on(event, run);
  expect(await count()).toBe(13);
  await listener.on(runEnded, run);
});

test("a run without points makes no file, and events without a run none either", async () => {
  const folder = newFolder();
  await mkdir(folder);
  await play(folder, [runStarted(), runEnded, updateDone(10), ...epochEnd(epochRow(0), 10), runEnded]);
  expect(await readEvents(folder)).toEqual([]);
});

test.each([
  [{ every: 0 }, "tensorBoardListener: every must be a whole number >= 1, got 0"],
  [{ every: 1.5 }, "tensorBoardListener: every must be a whole number >= 1, got 1.5"],
  [{ flushSeconds: -1 }, "tensorBoardListener: flushSeconds must be a number >= 0, got -1"],
  [{ flushSeconds: Number.NaN }, "tensorBoardListener: flushSeconds must be a number >= 0, got NaN"],
])("options %j are refused", (options, message) => {
  expect(() => tensorBoardListener(root, options)).toThrow(new RangeError(message));
});
