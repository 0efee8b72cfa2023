import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { metricsJsonl, metricsLine } from "./metrics-jsonl.ts";
import type { EpochResult, RunEvent } from "./run-events.ts";

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

const run = { stop() {} };
const started = (epoch: number): RunEvent => ({
  ...{ type: "runStarted", epoch, update: 10 * epoch, history: [] },
});
const updateDone = (seconds: number): RunEvent => ({
  ...{ type: "updateDone", update: 1, epoch: 0, loss: 1, gradNorm: null, lr: 0.1, images: 32, seconds },
});
const result = (epoch: number, loss = 0.5): EpochResult => ({
  ...{ epoch, update: 10 * (epoch + 1), train: { loss }, validation: null, lr: 0.1 },
});
const line = (epoch: number, loss?: number) => metricsLine(result(epoch, loss), 0);

async function play(...events: readonly RunEvent[]): Promise<void> {
  const listener = metricsJsonl(path);
  for (const event of events) await listener(event, run);
}

const read = () => readFile(path, "utf8");

test("a line has the epoch, its metrics, the rate and the time of its updates", async () => {
  const validation = { loss: 0.25, top1: 80 };
  const seconds = [0.5, 0.25].map(updateDone);
  const first: RunEvent = { type: "epochDone", ...result(0), validation };
  await play(started(0), ...seconds, first, updateDone(2), { type: "epochDone", ...result(1) });
  expect(await read()).toBe(
    '{"epoch":0,"update":10,"train_loss":0.5,"eval_loss":0.25,"eval_top1":80,"lr":0.1,"seconds":0.75}\n' +
      '{"epoch":1,"update":20,"train_loss":0.5,"lr":0.1,"seconds":2}\n',
  );
});

test("NaN and the infinities are texts", () => {
  const validation = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY };
  const row = JSON.parse(metricsLine({ ...result(0, Number.NaN), validation }, 1));
  expect(row).toMatchObject({ train_loss: "NaN", eval_a: "NaN", eval_b: "Infinity", eval_c: "-Infinity" });
});

test("odd names of metrics stay one line", () => {
  const text = metricsLine({ ...result(0), validation: { 'a\n"b"\u2028': 1 } }, 1);
  expect(text.split("\n")).toHaveLength(2);
  expect(JSON.parse(text)['eval_a\n"b"\u2028']).toBe(1);
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
  await play(started(2), { type: "epochDone", ...result(2, 0.125) });
  expect(await read()).toBe(line(0) + line(1) + line(2, 0.125));
  expect(await readdir(folder)).toEqual(["metrics.jsonl"]);
});

test("a new run empties an old file, and makes none before its first epoch", async () => {
  await play(started(0), updateDone(1), { type: "runEnded" });
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, line(0));
  await play(started(0));
  expect(await read()).toBe("");
});

test("a folder that is missing is an error that names the file", async () => {
  path = join(folder, "none", "metrics.jsonl");
  const failed = play(started(0), { type: "epochDone", ...result(0) });
  await expect(failed).rejects.toThrow(`cannot write "${path}" (ENOENT: no such file or directory)`);
  await expect(failed).rejects.toMatchObject({ name: "WriteError", path });
});

test("a path that is no regular file is refused", async () => {
  path = folder;
  await expect(play(started(0))).rejects.toThrow(/must be a regular file, got a folder|EISDIR/);
});
