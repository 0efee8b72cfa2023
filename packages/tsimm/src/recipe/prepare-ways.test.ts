/** A run computes as its machine chose when it began, however it goes on. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCheckpoint } from "../checkpoint/checkpoint.ts";
import { memoryDataset } from "../data/memory-dataset.ts";
import type { TrainingEvent } from "../train/events.ts";
import type { TrainArguments } from "./arguments.ts";
import { type TrainOptions, train } from "./train.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-ways-"));
  process.env["XDG_CACHE_HOME"] = join(folder, "cache");
});
afterAll(() => rm(folder, { recursive: true }));

const side = 32;
const training = memoryDataset({
  images: Array.from({ length: 8 }, (_, image) => ({
    ...{ width: side, height: side, channels: 3 as const },
    data: Uint8Array.from({ length: side * side * 3 }, (_, i) => Math.imul(i + 7 * image, 2654435761) >>> 24),
  })),
  labels: Array.from({ length: 8 }, (_, i) => i % 2),
  classNames: ["red", "blue"],
});

/** A run, and its messages. */
async function run(given: Partial<TrainArguments>, options: TrainOptions = {}) {
  const texts: string[] = [];
  const on = (event: TrainingEvent) => {
    if (event.type === "message" || event.type === "warning") texts.push(event.text);
  };
  const arguments_ = {
    ...{ model: "test_resnet", imgSize: side, batchSize: 4, workers: 0, lr: 0.02, warmupEpochs: 0 },
    ...{ threads: 1, epochs: 2, output: folder },
  };
  const result = await train(given.resume ? { workers: 0, ...given } : { ...arguments_, ...given }, {
    dataset: { training },
    ...options,
    listeners: [{ name: "texts", on }, ...(options.listeners ?? [])],
  });
  const weights = await readFile(join(result.folder, "last.safetensors"));
  const { state } = await readCheckpoint(join(result.folder, "last.resume.safetensors"));
  return {
    ...result,
    weights,
    ways: state.ways?.choices,
    tuned: texts.filter((text) => /^Tuning|ways to compute/.test(text)),
  };
}

/** Makes every kept choice of the gradients by the filters another one. */
async function keepAnother(way: string): Promise<void> {
  const cache = join(folder, "cache");
  for (const name of await readdir(cache, { recursive: true })) {
    if (!name.endsWith(".json")) continue;
    const text = await readFile(join(cache, name), "utf8");
    const changed = text.includes("conv filters") ? text.replace(/"way": "[^"]*"/, `"way": "${way}"`) : text;
    await writeFile(join(cache, name), changed);
  }
}

test("a run is measured for once, repeats with the same bytes, and goes on as it began", {
  timeout: 60_000,
}, async () => {
  const first = await run({ tune: true, experiment: "first" });
  expect(first.tuned).toEqual([
    expect.stringMatching(
      /^Tuning \d+ shapes for this processor \(once, at most 10 s; --no-tune is without it\)$/,
    ),
  ]);
  // Of the ways that might be chosen, one that surely was not by noise.
  await keepAnother("convolution");
  const whole = await run({ tune: true, experiment: "whole" });
  expect(whole.tuned).toEqual([]);
  expect(
    new Set(Object.entries(whole.ways ?? {}).flatMap(([key, way]) => (key.includes("filters") ? [way] : []))),
  ).toEqual(new Set(["convolution"]));
  const again = await run({ tune: true, experiment: "again" });
  expect(again.weights.equals(whole.weights)).toBe(true);

  const stop = new AbortController();
  const stopper = {
    name: "stopper",
    on(event: TrainingEvent) {
      if (event.type === "epochDone" && event.epoch === 0) stop.abort();
    },
  };
  const part = await run({ tune: true, experiment: "part" }, { signal: stop.signal, listeners: [stopper] });
  expect(part.interrupted).toBe(true);
  await keepAnother("columns");
  const resumed = await run({ resume: part.folder });
  expect(resumed.tuned).toEqual([]);
  expect(resumed.ways).toEqual(whole.ways);
  expect(resumed.weights.equals(whole.weights)).toBe(true);
});

test("--no-tune, and a run without a word in tests or CI, take the fixed ways, and so does what goes on with it", {
  timeout: 60_000,
}, async () => {
  const fixed = await run({ tune: false, experiment: "fixed" });
  expect([fixed.ways, fixed.tuned]).toEqual([undefined, []]);
  const silent = await run({ experiment: "silent", epochs: 1 });
  expect([silent.ways, silent.tuned]).toEqual([undefined, []]);
  const resumed = await run({ resume: silent.folder, epochs: 2 });
  expect([resumed.ways, resumed.tuned]).toEqual([undefined, []]);
  const dropped = await run({ tune: true, experiment: "dropped" });
  const without = await run({ resume: dropped.folder, tune: false, epochs: 3 });
  expect(without.ways).toBe(undefined);
});
