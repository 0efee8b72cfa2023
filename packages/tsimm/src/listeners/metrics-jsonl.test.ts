import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { EpochRow, TrainingEvent } from "../train/events.ts";
import { metricsJsonl, metricsLine } from "./metrics-jsonl.ts";
import {
  epochDone,
  epochRow,
  play as playTo,
  runEnded,
  runStarted,
  updateDone,
} from "./run-events.fixture.ts";

let root = "";
let folder = "";
let path = "";
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-metrics-"));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  folder = join(root, String(folders++));
  await mkdir(folder);
  path = join(folder, "metrics.jsonl");
});

const names = ["loss", "top1"];
const line = (epoch: number, trainLoss = 0.5) =>
  metricsLine({ row: epochRow(epoch, { trainLoss }), update: 10 * (epoch + 1), seconds: 2 }, names);
const started = (epoch: number, history: readonly EpochRow[] = []) => runStarted({ epoch, history });
const play = (...events: readonly TrainingEvent[]) => playTo(metricsJsonl(path), events);

const read = () => readFile(path, "utf8");

test("a line has the epoch, its metrics, the rate and the time", async () => {
  const validation = { loss: 0.25, top1: 80 };
  await play(
    started(0),
    updateDone(1),
    epochDone(epochRow(0, { validation }), { seconds: 0.75 }),
    epochDone(epochRow(1)),
    epochDone(null),
    runEnded,
  );
  expect(await read()).toBe(
    '{"epoch":0,"update":10,"train_loss":0.5,"eval_loss":0.25,"eval_top1":80,"lr":0.1,"seconds":0.75}\n' +
      '{"epoch":1,"update":20,"train_loss":0.5,"lr":0.1,"seconds":2}\n',
  );
});

test("with a moving average the metrics of the plain weights follow, all in the order of the task", async () => {
  const [validation, plain] = [
    { top1: 80, loss: 0.25 },
    { top1: 70, loss: 0.5 },
  ];
  await play(started(0), epochDone(epochRow(0, { validation, plain })));
  expect(await read()).toBe(
    '{"epoch":0,"update":10,"train_loss":0.5,"eval_loss":0.25,"eval_top1":80,"model_loss":0.5,"model_top1":70,"lr":0.1,"seconds":2}\n',
  );
});

test("NaN and the infinities are texts", () => {
  const validation = { loss: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY };
  const row = epochRow(0, { trainLoss: Number.NaN, validation });
  expect(JSON.parse(metricsLine({ row, update: 1, seconds: 1 }, ["loss", "b", "c"]))).toMatchObject({
    ...{ train_loss: "NaN", eval_loss: "NaN", eval_b: "Infinity", eval_c: "-Infinity" },
  });
});

test("odd names of metrics stay one line", () => {
  const name = 'a\n"b"\u2028';
  const row = epochRow(0, { validation: { loss: 1, [name]: 1 } });
  const text = metricsLine({ row, update: 1, seconds: 1 }, [name]);
  expect(text.split("\n")).toHaveLength(2);
  expect(JSON.parse(text)[`eval_${name}`]).toBe(1);
});

test.each([
  { name: "lines of epochs that are done again", before: [0, 1, 2, 3].map((epoch) => line(epoch)).join("") },
  { name: "a line that was cut off", before: `${line(0)}${line(1)}${line(2).slice(0, 30)}` },
  { name: "a whole line without its end", before: `${line(0)}${line(1)}${line(2).trimEnd()}` },
  { name: "an earlier epoch's line without its end", before: `${line(0)}${line(1)}${line(0).trimEnd()}` },
  { name: "zeros that a power cut left", before: `${line(0)}${line(1)}\0\0\0\0\n` },
  { name: "lines that are no epoch's", before: `[]\n${line(0)}null\n${line(1)}{"epoch":"0"}\n\n` },
  { name: "nothing", before: `${line(0)}${line(1)}` },
])("a resumed run removes $name", async ({ before }) => {
  await writeFile(path, before);
  await play(started(2));
  expect(await read()).toBe(line(0) + line(1));
  await play(started(2), epochDone(epochRow(2, { trainLoss: 0.125 })));
  expect(await read()).toBe(line(0) + line(1) + line(2, 0.125));
  expect(await readdir(folder)).toEqual(["metrics.jsonl"]);
});

test("a resumed run writes lines that are missing from its history", async () => {
  const validation = { top1: 80, loss: 0.25 };
  const restored =
    '{"epoch":1,"update":20,"train_loss":0.5,"eval_loss":0.25,"eval_top1":80,"lr":0.1,"seconds":null}\n';
  const history = [epochRow(0), epochRow(1, { validation }), epochRow(2)];
  await writeFile(path, `${line(0)}${line(2)}${line(3)}`);
  await play(started(3, history));
  expect(await read()).toBe(`${line(0)}${restored}${line(2)}`);
  await rm(path);
  await play(started(3, history.slice(1, 2)));
  expect(await read()).toBe(restored);
});

test("a new run empties an old file, and makes none before its first epoch", async () => {
  await play(started(0), updateDone(1), runEnded);
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, line(0));
  await play(started(0));
  expect(await read()).toBe("");
});

test("a folder that is missing is an error that names the file", async () => {
  path = join(folder, "none", "metrics.jsonl");
  const failed = play(started(0), epochDone(epochRow(0)));
  await expect(failed).rejects.toThrow(`cannot write "${path}" (ENOENT: no such file or directory)`);
  await expect(failed).rejects.toMatchObject({ name: "WriteError", path });
});

test("a path that is no regular file is refused", async () => {
  path = folder;
  await expect(play(started(0))).rejects.toThrow(/must be a regular file, got a folder|EISDIR/);
});

test("a file of somebody else keeps its lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-jsonl-"));
  const path = join(folder, "notes.txt");
  await writeFile(path, "my notes\nand more\n");
  const started = { type: "runStarted", epoch: 0, metrics: [], history: [], updatesPerEpoch: 1 };
  const listener = metricsJsonl(path);
  await expect(listener.on(JSON.parse(JSON.stringify(started)), JSON.parse("{}"))).rejects.toThrow(
    new RangeError(
      `metricsJsonl: path must be a new file or one with a line for each epoch, got "${path}" with "my notes"; give another path`,
    ),
  );
  expect(await readFile(path, "utf8")).toBe("my notes\nand more\n");
  await rm(folder, { recursive: true });
});
