/** Checkpoints of a loop of one's own: stopped anywhere, it goes on to the same bytes. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CosineLRScheduler } from "@tsimm/scheduler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTrainingState } from "../checkpoint/read-training-state.ts";
import { arrayLoader } from "../data/array-loader.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { classification } from "../task/classification.ts";
import { fit } from "../train/fit.ts";
import type { TrainingState } from "../train/training-state.ts";
import { saveCheckpoints } from "./save-checkpoints.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-save-"));
});
afterAll(() => rm(root, { recursive: true }));

const side = 32;
const images = Uint8Array.from(
  { length: 12 * side * side * 3 },
  (_, i) => Math.imul(i + 1, 2654435761) >>> 24,
);
const labels = Array.from({ length: 12 }, (_, i) => i % 2);

/** A run of two epochs of three updates. */
async function run(name: string, resume: TrainingState | null, stopAfter = Number.POSITIVE_INFINITY) {
  const engine = await createEngine();
  const model = createModel("test_resnet", { numClasses: 2, dropRate: 0.1 });
  const optimizer = createOptimizer({ opt: "adamw", lr: 0.01, weightDecay: 0.05, momentum: 0.9 }, model);
  const average = new ModelEma(model);
  const task = classification.create({ outputNames: ["cat", "dog"] });
  const shared = { images, labels, inputSize: [3, side, side], batchSize: 4 } as const;
  const stop = new AbortController();
  const result = await fit({
    ...{ engine, model, optimizer, average, task, epochs: 2, threads: 1, mixing: { mixup: 0.5 } },
    loader: arrayLoader({ ...shared, training: true }),
    validation: arrayLoader({ ...shared, training: false }),
    schedule: new CosineLRScheduler(optimizer, { tInitial: 6, tInEpochs: false }),
    signal: stop.signal,
    listeners: [
      saveCheckpoints(join(root, name), { engine, model, task }),
      {
        name: "stop",
        on(event) {
          if (event.type === "updateDone" && event.update === stopAfter) stop.abort();
        },
      },
    ],
    resume,
  });
  return { result, weights: model.parameters.map(({ data }) => data), average: average.state };
}

test("a run stopped in mid-epoch goes on from its files to the weights of one never stopped", async () => {
  const whole = await run("whole", null);
  const stopped = await run("parts", null, 4);
  expect(stopped.result.outcome).toBe("stopped");
  expect(await readdir(join(root, "parts"))).toContain("recovery-1-4.resume.safetensors");
  const saved = await readTrainingState(join(root, "parts"));
  expect(saved?.state.progress).toMatchObject({ epoch: 1, batch: 1, update: 4 });
  const parts = await run("parts", saved?.state ?? null);
  expect(parts.weights).toEqual(whole.weights);
  expect(parts.average).toEqual(whole.average);
  expect(parts.result.history).toEqual(whole.result.history);
  expect((await readdir(join(root, "parts"))).filter((file) => !file.startsWith("recovery"))).toEqual(
    await readdir(join(root, "whole")),
  );
});

test("an unknown option, and a count that is none, are refused", () => {
  const options = { keep: 0 } as never;
  expect(() => saveCheckpoints("x", options)).toThrow(
    new RangeError("saveCheckpoints: keep must be an integer >= 1, got 0"),
  );
});
