import { afterEach, beforeAll, expect, test } from "vitest";
import { createEngine } from "../../runtime/create-engine.ts";
import type { Engine } from "../../runtime/engine.ts";
import { type HostDeviceEngine, withHostDevice } from "../../runtime/host-device.fixture.ts";
import { distance, openTraining, type TrainingOptions, train } from "./trained-pair.fixture.ts";

let native: Engine;
let engine: HostDeviceEngine;
beforeAll(async () => {
  native = await createEngine("native");
  engine = withHostDevice(native);
});

afterEach(() => {
  expect({ live: engine.live, open: engine.open }).toEqual({ live: 0, open: 0 });
});

// Sums of float32 numbers in another order, over 30 updates.
const tolerance = 1e-5;

const cases: readonly (TrainingOptions & { readonly what: string })[] = [
  {
    what: "SGD with clipping and average",
    opt: { opt: "sgd", lr: 0.1, weightDecay: 1e-3 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
  },
  { what: "SGD without momentum", opt: { opt: "sgd", lr: 0.1, momentum: 0 } },
  {
    what: "AdamW with clipping and average",
    opt: { opt: "adamw", lr: 3e-3, weightDecay: 0.1, eps: 1e-5 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
  },
  {
    what: "Lion with clipping by value and average",
    opt: { opt: "lion", lr: 1e-3, weightDecay: 0.1 },
    rule: { clipGrad: 0.02, clipMode: "value" },
    decay: 0.9,
  },
  {
    what: "LAMB with clipping and average",
    opt: { opt: "lamb", lr: 1e-2, weightDecay: 0.1, eps: 1e-4 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
  },
  { what: "adaptive clipping", opt: { opt: "sgd", lr: 0.1 }, rule: { clipGrad: 0.02, clipMode: "agc" } },
  {
    what: "gradients of three batches",
    opt: { opt: "adamw", lr: 3e-3, eps: 1e-5, weightDecay: 0.1 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
    batches: 3,
  },
  { what: "masks of dropout", opt: { opt: "sgd", lr: 0.1 }, dropRate: 0.5 },
  {
    what: "weights that the optimizer does not have",
    opt: { opt: "sgd", lr: 0.1 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
    trains: (name) => name.startsWith("fc"),
  },
  {
    what: "such weights and two batches",
    opt: { opt: "lamb", lr: 1e-2, eps: 1e-4 },
    decay: 0.9,
    trains: (name) => name.startsWith("conv"),
    batches: 2,
  },
  {
    what: "learning rates per layer",
    opt: { opt: "adamw", lr: 3e-3, eps: 1e-5, weightDecay: 0.1, layerDecay: 0.7 },
  },
];

test.each(cases)("$what: 30 updates are those of the host", async ({ what: _, ...options }) => {
  const [host, device] = [await openTraining(native, options), await openTraining(engine, options)];
  const { batches = 1 } = options;
  const [before, after] = [await train(host, { to: 30, batches }), await train(device, { to: 30, batches })];
  expect(host.store.location + device.store.location).toBe("hostdevice");
  expect(device.store.isCurrent).toBe(false);
  await device.store.read();
  expect(device.store.isCurrent).toBe(true);
  for (const [i, { loss, gradNorm }] of before.entries()) {
    expect(after[i]?.loss).toBeCloseTo(loss, 5);
    expect((after[i]?.gradNorm ?? 0) / gradNorm).toBeCloseTo(1, 4);
  }
  const [theirs, ours] = [host.store.tensors(), device.store.tensors()];
  expect(ours.map(({ role, name }) => `${role} ${name}`)).toEqual(
    theirs.map(({ role, name }) => `${role} ${name}`),
  );
  for (const role of ["parameter", "statistic", "slot", "average"] as const) {
    expect(distance(ours, theirs, role)).toBeLessThan(tolerance);
  }
  expect(device.optimizer.stateDict().steps).toBe(30);
  await host.close();
  await device.close();
});
