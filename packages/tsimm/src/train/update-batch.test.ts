import { expect, test } from "vitest";
import { arrayLoader } from "../data/array-loader.ts";
import type { MixupOptions } from "../data/mixup.ts";
import { normalizeImages } from "../data/random-erasing.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { classification } from "../task/classification.ts";
import { createUpdater } from "../update/updater.ts";
import { trainCounted } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";
import type { LoopSettings } from "./fit-options.ts";
import { updateBatch } from "./update-batch.ts";

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

/** Pixels and targets of a batch of images of one value each, which are all of other classes. */
function mixedApart(mixupMode: "pair" | "elem", options: MixupOptions, update: number) {
  const size = 5;
  const outputNames = Array.from({ length: size }, (_, index) => `class ${index}`);
  const labels = Int32Array.from({ length: size }, (_, index) => index);
  const images = Uint8Array.from({ length: size * 64 * 3 }, (_, i) => 40 * Math.floor(i / (64 * 3)) + 20);
  const loader = { inputSize: [3, 8, 8] } as unknown as LoopSettings["loader"];
  const settings = {
    ...{ task: classification.create({ outputNames }), mixing: { ...options, mixupMode } },
    ...{ mixingOffEpoch: 0, seed: 42, loader, erasing: null },
  } as unknown as LoopSettings;
  const batch = updateBatch({ images, labels, size }, settings, { epoch: 0, update, index: 0 });
  return Array.from({ length: size }, (_, image) => {
    const pixels = [...batch.images.slice(image * 64 * 3, (image + 1) * 64 * 3)];
    const target = batch.targets.subarray(image * size, (image + 1) * size);
    return { pixels, own: target[image] ?? Number.NaN, partner: target[size - 1 - image] ?? Number.NaN };
  });
}

test.each(["pair", "elem"] as const)("mode %s mixes each image by its own share", (mode) => {
  const shares: number[] = [];
  let equal = 0;
  for (let update = 0; update < 200; update++) {
    const images = mixedApart(mode, { mixup: 0.4 }, update);
    for (const [image, { pixels, own, partner }] of images.entries()) {
      const [value, other] = [40 * image + 20, 40 * (4 - image) + 20];
      expect(Math.abs((pixels[0] ?? 0) - (own * value + (1 - own) * other))).toBeLessThanOrEqual(0.51);
      expect(new Set(pixels).size).toBe(1);
      if (image === 2) expect([pixels[0], own]).toEqual([100, 1]);
      else expect(own + partner).toBeCloseTo(1, 6);
      if (image !== 2) shares.push(own);
    }
    if (images[0]?.own === images[4]?.own && images[1]?.own === images[3]?.own) equal++;
  }
  expect(equal).toBe(mode === "pair" ? 200 : 0);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  // Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)).
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  expect(Math.abs(variance - 1 / (4 * 1.8))).toBeLessThan(0.02);
});

test("mode elem cuts the box of each image, and leaves out what the probability says", () => {
  let mixed = 0;
  for (let update = 0; update < 200; update++) {
    for (const [image, { pixels, own }] of mixedApart(
      "elem",
      { cutmix: 1, mixupProb: 0.3 },
      update,
    ).entries()) {
      const kept = pixels.filter((value) => value === 40 * image + 20).length / pixels.length;
      if (image === 2) continue;
      expect(kept).toBeCloseTo(own, 6);
      if (own < 1) mixed++;
    }
  }
  // Some boxes are empty.
  expect(mixed / 800).toBeGreaterThan(0.2);
  expect(mixed / 800).toBeLessThan(0.33);
});
