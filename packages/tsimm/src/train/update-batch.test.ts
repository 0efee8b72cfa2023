import { expect, test } from "vitest";
import { arrayLoader } from "../data/array-loader.ts";
import { normalizeImages } from "../data/random-erasing.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { classification } from "../task/classification.ts";
import { createUpdater } from "../update/updater.ts";
import { trainCounted } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";

const mean = [0.5, 0.4, 0.3];
const std = [0.25, 0.2, 0.1];

test("erased batches are normalised and keyed by seed, update and place", async () => {
  const erasing = { reprob: 1, remode: "pixel", mean, std } as const;
  const images = new Uint8Array(6 * 9 * 8 * 3).fill(100);
  const loader = arrayLoader({ images, inputSize: [3, 9, 8], labels: [0, 1, 0, 1, 0, 1], batchSize: 2 });
  const batches = async (seed: number) => {
    const { updater } = await trainCounted({ epochs: 1, seed, erasing, loader });
    return updater.calls.map(([batch]) => batch?.images);
  };
  const once = await batches(1);
  expect(once.every((images) => images instanceof Float32Array)).toBe(true);
  expect(await batches(1)).toEqual(once);
  expect(await batches(2)).not.toEqual(once);
  expect(once[0]).not.toEqual(once[1]);
});

/** Losses of the updates of a run on one batch. */
async function losses(erasing: { readonly reprob: number } | null): Promise<number[]> {
  const model = createModel("test_resnet", { numClasses: 2, seed: 3 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0 }, model);
  const images = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => (i * 37) % 251);
  const loader = arrayLoader({ images, inputSize: [3, 32, 32], labels: [0, 1, 0, 1], batchSize: 4 });
  const found: number[] = [];
  const listener = {
    name: "losses",
    on: async (event: { readonly type: string; readonly loss?: number }) => {
      if (event.type === "updateDone") found.push(event.loss ?? Number.NaN);
    },
  };
  const task = classification.create({ outputNames: ["a", "b"] });
  const engine = await createEngine("native");
  const options = { engine, model, optimizer, loader, validation: loader, task, mean, std, erasing };
  await fit({ ...options, epochs: 3, listeners: [listener] });
  return found;
}

test("an erasing that never happens trains as none, one that does otherwise", async () => {
  const plain = await losses(null);
  const never = await losses({ reprob: 1e-12 });
  // One rounding of the first layer's input may be another.
  for (const [i, loss] of plain.entries())
    expect(Math.abs((never[i] ?? Number.NaN) - loss)).toBeLessThan(1e-5);
  expect(await losses({ reprob: 1 })).not.toEqual(never);
});

test("an updater may take normalised batches and evaluate pixels", async () => {
  const model = createModel("test_resnet", { numClasses: 2, seed: 3 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0 }, model);
  const size = { batchSize: 2, height: 32, width: 32 };
  const pixels = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => (i * 53) % 256);
  const engine = await createEngine("native");
  const parts = { model, optimizer, ...size, input: "uint8", mean, std, trainingInput: "float32" } as const;
  const updater = await createUpdater(engine, parts);
  const evaluation = await updater.createEvaluation("plain", 2);
  expect((await evaluation.run(pixels, 2)).every(Number.isFinite)).toBe(true);
  await evaluation.close();
  const targets = Float32Array.of(1, 0, 0, 1);
  const images = normalizeImages(pixels, { ...size, channels: 3 }, { mean, std });
  const { loss } = await updater.update([{ images, targets }], { update: 0 });
  expect(loss).toBeGreaterThan(0);
  await expect(updater.update([{ images: pixels, targets }], { update: 1 })).rejects.toThrow(
    new TypeError("TrainingStep.run: images must be a Float32Array, got Uint8Array"),
  );
  await updater.close();
});
