/** `train` with images, a model and listeners of the caller's own. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryDataset } from "../data/memory-dataset.ts";
import { createModel } from "../models/registry.ts";
import type { TrainingEvent } from "../train/events.ts";
import { ListenerError } from "../train/listeners.ts";
import { train } from "./train.ts";

let output = "";
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), "tsimm-own-"));
});
afterAll(() => rm(output, { recursive: true }));

const side = 32;

/** Reddish and bluish images in memory. */
function images(count: number, seed: number) {
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const pixels = labels.map((label, image) => ({
    ...{ width: side, height: side, channels: 3 as const },
    data: Uint8Array.from(
      { length: side * side * 3 },
      (_, i) => (i % 3 === 2 * label ? 180 : 60) + (Math.imul(i + seed + 7 * image, 2654435761) >>> 27),
    ),
  }));
  return memoryDataset({ images: pixels, labels, classNames: ["red", "blue"] });
}

const dataset = { training: images(16, 1), validation: images(8, 2) };
const own = () => {
  const model = createModel("test_resnet", { numClasses: 2, seed: 3 });
  return { ...model, name: "my_net" };
};
const given = {
  ...{ imgSize: side, batchSize: 8, workers: 0, lr: 0.02, warmupEpochs: 0, threads: 1 },
  epochs: 2,
  opt: "momentum",
} as const;

test("a run of one's own images and model, stopped and resumed, ends as one never stopped", async () => {
  const events: TrainingEvent[] = [];
  const listener = { name: "all", on: (event: TrainingEvent) => void events.push(structuredClone(event)) };
  const whole = await train(
    { ...given, output, experiment: "whole" },
    { dataset, model: own(), listeners: [listener] },
  );
  expect(whole.best?.metric).toBeGreaterThanOrEqual(50);
  expect(whole.sample).toBe(null);
  expect(whole.byOutput.map(({ label, images: count }) => [label, count])).toEqual([
    ["red", 4],
    ["blue", 4],
  ]);
  const texts = events.flatMap((event) => (event.type === "message" ? [event.text] : []));
  expect(texts).toContain("Data: 16 training images, 8 validation images, 2 classes");
  expect(texts.join("\n")).not.toContain("demo");
  expect(events.filter(({ type }) => type === "updateDone")).toHaveLength(4);
  expect(events.at(-1)).toMatchObject({ type: "runEnded", outcome: "finished" });

  const stop = new AbortController();
  const stopper = {
    name: "stopper",
    on(event: TrainingEvent) {
      if (event.type === "updateDone" && event.update === 3) stop.abort();
    },
  };
  const first = await train(
    { ...given, output, experiment: "parts" },
    { dataset, model: own(), listeners: [stopper], signal: stop.signal },
  );
  expect(first.interrupted).toBe(true);
  const parts = await train({ resume: first.folder, workers: 0 }, { dataset, model: own() });
  const bytes = (folder: string, name: string) => readFile(join(folder, name));
  for (const name of ["last.safetensors", "summary.csv", "model.onnx"]) {
    expect(await bytes(parts.folder, name), name).toEqual(await bytes(whole.folder, name));
  }
});

test("a listener that throws ends the run with its name, and what was trained is kept", async () => {
  const listener = {
    name: "chat",
    on(event: TrainingEvent) {
      if (event.type === "updateDone" && event.update === 3) throw new Error("the room is gone");
    },
  };
  const run = train(
    { ...given, output, experiment: "throws" },
    { dataset, model: own(), listeners: [listener] },
  );
  await expect(run).rejects.toThrow(ListenerError);
  await expect(run).rejects.toThrow('train: listener "chat" failed: the room is gone');
  const resumed = await train({ resume: join(output, "throws"), workers: 0 }, { dataset, model: own() });
  expect(await readFile(join(resumed.folder, "summary.csv"))).toEqual(
    await readFile(join(output, "whole", "summary.csv")),
  );
});
