import { afterEach, beforeAll, expect, test } from "vitest";
import { normalizeImages } from "../../data/random-erasing.ts";
import { smoothInput } from "../../models/smooth.fixture.ts";
import { registerOptimizer } from "../../optim/optimizers.ts";
import { sgd } from "../../optim/sgd.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import type { Engine } from "../../runtime/engine.ts";
import { type HostDeviceEngine, withHostDevice } from "../../runtime/host-device.fixture.ts";
import { loadTrainingState } from "../../train/load-training-state.ts";
import { bytesOf, distance, openTraining, type TrainingOptions, train } from "./trained-pair.fixture.ts";

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
    what: "frozen weights and normalizations",
    opt: { opt: "adamw", lr: 3e-3, eps: 1e-5 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
    frozen: ["conv1", "bn1"],
  },
  {
    what: "weights that train from the 14th update on",
    opt: { opt: "adamw", lr: 3e-3, eps: 1e-5, weightDecay: 0.1 },
    rule: { clipGrad: 0.5 },
    decay: 0.9,
    ...{ frozen: ["conv1", "bn1"], unfreezeAt: 13 },
  },
  {
    what: "such weights in Lookahead, with two batches",
    opt: { opt: "lookahead_adam", lr: 3e-3, eps: 1e-5 },
    ...{ frozen: ["backbone"], unfreezeAt: 13, batches: 2 },
  },
  {
    what: "learning rates per layer",
    opt: { opt: "adamw", lr: 3e-3, eps: 1e-5, weightDecay: 0.1, layerDecay: 0.7 },
  },
];

const everything: TrainingOptions = {
  opt: { opt: "adamw", lr: 3e-3, weightDecay: 0.1, eps: 1e-5 },
  ...{ rule: { clipGrad: 0.5 }, decay: 0.9, dropRate: 0.2 },
};

/** Trains on the host and on a device, and compares everything. */
async function compare(options: TrainingOptions, on: Engine): Promise<void> {
  const [host, device] = [await openTraining(native, options), await openTraining(on, options)];
  const { batches = 1, unfreezeAt } = options;
  const span = { to: 30, batches, unfreezeAt };
  const [before, after] = [await train(host, span), await train(device, span)];
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
}

test.each(cases)("$what: 30 updates are those of the host", ({ what: _, ...options }) =>
  compare(options, engine),
);

test.each([1, 2])("graphs that are lowered for WebGPU are the same (%i batches)", async (batches) => {
  const lowered = withHostDevice({ ...native, lowering: "ort-webgpu" });
  await compare({ ...everything, batches }, lowered);
  expect([lowered.live, lowered.open]).toEqual([0, 0]);
});

/** Copies of all tensors, as one list of numbers. */
async function numbersOf({ store }: Awaited<ReturnType<typeof openTraining>>): Promise<number[]> {
  await store.read();
  return store.tensors().flatMap(({ data }) => Array.from(data, Number));
}

test.each([1, 3])("memory is flat where an update has %i batches", async (batches) => {
  const updater = await openTraining(engine, everything);
  await train(updater, { to: 3, batches });
  const { live, open, uploaded } = engine;
  await train(updater, { from: 3, to: 4, batches });
  const perUpdate = engine.uploaded - uploaded;
  await train(updater, { from: 4, to: 40, batches });
  expect([engine.live, engine.open]).toEqual([live, open]);
  // Images, and a vector of numbers, targets and masks: the state stays where it is.
  expect(perUpdate).toBeLessThan(batches * (8 * 12 * 12 * 3 + 2000));
  expect(engine.uploaded - uploaded).toBe(37 * perUpdate);
  await updater.close();
});

test.each([
  { what: "image", batches: 1 },
  { what: "image of the second batch", batches: 2 },
])("an $what that makes the loss infinite changes nothing", async ({ batches }) => {
  const updater = await openTraining(engine, everything);
  await train(updater, { to: 2, batches });
  const before = await numbersOf(updater);
  const { live } = engine;
  const bad = bytesOf(9);
  bad.targets.fill(3e38);
  const given = Array.from({ length: batches }, (_, i) => (i === batches - 1 ? bad : bytesOf(i)));
  await expect(updater.update(given, { update: 2 })).rejects.toThrow(
    /^Updater.update: the loss must be finite, got loss -?(Infinity|NaN) and gradient norm (Infinity|NaN);/,
  );
  expect(engine.live).toBe(live);
  expect(await numbersOf(updater)).toEqual(before);
  await train(updater, { from: 2, to: 3, batches });
  expect(await numbersOf(updater)).not.toEqual(before);
  await updater.close();
});

test.each([1, 2])(
  "a run that is read, put down and taken up again goes on as if it had not been (%i)",
  async (batches) => {
    const straight = await openTraining(engine, everything);
    await train(straight, { to: 6, batches });
    const expected = await numbersOf(straight);
    await straight.close();
    const first = await openTraining(engine, everything);
    await train(first, { to: 4, batches });
    await first.store.read();
    const { model, average, optimizer } = first;
    const state = structuredClone({
      ...{
        progress: {
          epoch: 0,
          update: 4,
          batch: 4,
          running: { loss: 0, images: 0 },
          history: [],
          best: null,
          byOutput: [],
        },
      },
      ...{ model: model.state.map(({ name, shape, data }) => ({ name, shape, data })) },
      average: average?.state.map(({ name, shape, data }) => ({ name, shape, data })) ?? null,
      ...{ optimizer: optimizer.stateDict(), schedule: null },
    });
    await first.close();
    const second = await openTraining(engine, everything);
    await train(second, { to: 1, batches });
    await loadTrainingState(state, second, null);
    second.store.written();
    expect(second.store.isCurrent).toBe(true);
    await train(second, { from: 4, to: 6, batches });
    expect(await numbersOf(second)).toEqual(expected);
    await second.close();
  },
);

test("reading changes nothing, and an update after it goes on from the device", async () => {
  const [one, two] = [await openTraining(engine, everything), await openTraining(engine, everything)];
  for (let update = 0; update < 4; update++) {
    await train(one, { from: update, to: update + 1 });
    await train(two, { from: update, to: update + 1 });
    await one.store.read();
  }
  expect(await numbersOf(one)).toEqual(await numbersOf(two));
  await one.close();
  await two.close();
});

test("a device that is lost leaves the state of the last read", async () => {
  const own = withHostDevice(native);
  const updater = await openTraining(own, everything);
  await train(updater, { to: 2 });
  const before = await numbersOf(updater);
  await train(updater, { from: 2, to: 3 });
  own.lose();
  await expect(updater.update([bytesOf(3)], { update: 3 })).rejects.toThrow(
    "host device: the device is lost",
  );
  await expect(updater.store.read()).rejects.toThrow("host device: the device is lost");
  expect(updater.store.tensors().flatMap(({ data }) => Array.from(data, Number))).toEqual(before);
  expect(updater.optimizer.stateDict().steps).toBe(2);
  await updater.close();
  expect(own.live).toBe(0);
});

test.each(["plain", "average"] as const)(
  "an evaluation of the %s weights is that of the host, and stays",
  async (weights) => {
    const [host, device] = [await openTraining(native, everything), await openTraining(engine, everything)];
    await train(host, { to: 3 });
    await train(device, { to: 3 });
    const evaluation = await device.createEvaluation(weights, 8);
    const { images } = bytesOf(50);
    const logits = await evaluation.run(images, 8);
    const expected = await (await host.createEvaluation(weights, 8)).run(images, 8);
    expect(
      Math.hypot(...logits.map((x, i) => x - (expected[i] ?? 0))) / Math.hypot(...expected),
    ).toBeLessThan(tolerance);
    expect(await evaluation.run(images.subarray(0, 2 * 12 * 12 * 3), 2)).toEqual(logits.slice(0, 6));
    await train(device, { from: 3, to: 5 });
    expect(await evaluation.run(images, 8)).toEqual(logits);
    const { loads } = engine;
    const next = await device.createEvaluation(weights, 8);
    expect(engine.loads).toBe(loads);
    expect(await next.run(images, 8)).not.toEqual(logits);
    await next.close();
    await evaluation.close();
    await host.close();
    await device.close();
  },
);

test("options that change are those of the next update", async () => {
  const [host, device] = [await openTraining(native, everything), await openTraining(engine, everything)];
  for (const updater of [host, device]) {
    await train(updater, { to: 2 });
    for (const group of updater.optimizer.paramGroups)
      Object.assign(group, { lr: 1e-3, weightDecay: 0, betas: [0.5, 0.9] });
    await train(updater, { from: 2, to: 4 });
    await updater.store.read();
  }
  for (const role of ["parameter", "slot", "average"] as const) {
    expect(distance(device.store.tensors(), host.store.tensors(), role)).toBeLessThan(tolerance);
  }
  await host.close();
  await device.close();
});

test.each([3, 8])(
  "Lookahead's slow weights are those of the host over epochs of %i updates",
  async (length) => {
    const options = { opt: { opt: "lookahead_adamw", lr: 3e-3, weightDecay: 0.1, eps: 1e-5 } };
    const [host, device] = [await openTraining(native, options), await openTraining(engine, options)];
    for (const updater of [host, device]) {
      for (let from = 0; from < 3 * length; from += length) {
        await train(updater, { from, to: from + length });
        await updater.finishEpoch();
      }
      await train(updater, { from: 3 * length, to: 3 * length + 5 });
      await updater.store.read();
    }
    const [expected, actual] = [host, device].map(({ optimizer }) => optimizer.stateDict());
    expect([...(actual?.slots.keys() ?? [])].sort()).toEqual([...(expected?.slots.keys() ?? [])].sort());
    for (const role of ["parameter", "slot"] as const) {
      expect(distance(device.store.tensors(), host.store.tensors(), role)).toBeLessThan(tolerance);
    }
    await host.close();
    await device.close();
  },
);

test("an optimizer without a graph is refused by one line", async () => {
  const { graph: _graph, ...onHost } = sgd;
  registerOptimizer({ ...onHost, name: "hostsgd" });
  await expect(openTraining(engine, { opt: { opt: "hostsgd" } })).rejects.toThrow(
    /^createUpdater: optimizer must have a graph to run on a device, got "hostsgd" without; take one of .*adamw.*sgd/,
  );
});

test("an operator of the optimizer that the device does not run is refused by name, before anything runs", async () => {
  const { graph } = sgd;
  if (graph === undefined) throw new Error("sgd must have a graph");
  registerOptimizer({
    ...{ ...sgd, name: "hardsgd" },
    graph: {
      ...graph,
      build(context) {
        const next = graph.build(context);
        return { ...next, data: context.builder.op("Round", [next.data], {}, { name: "hard" }) };
      },
    },
  });
  const lowered = withHostDevice({ ...native, lowering: "ort-webgpu" });
  await expect(openTraining(lowered, { opt: { opt: "hardsgd" } })).rejects.toThrow(
    new RangeError('lower: node "hard" (Round) does not run on WebGPU; use --engine native'),
  );
  expect(lowered.loads).toBe(0);
});

test("after it is closed an updater makes no update; its state was read", async () => {
  const updater = await openTraining(engine, everything);
  const before = updater.model.parameters[0]?.data.slice();
  await train(updater, { to: 1 });
  await updater.close();
  await expect(updater.update([bytesOf(0)], { update: 1 })).rejects.toThrow(
    "Updater.update: the updater is closed; create another one",
  );
  expect(updater.store.isCurrent).toBe(true);
  expect(updater.model.parameters[0]?.data).not.toEqual(before);
});

test("updates by normalised images are those by bytes, and evaluations take bytes", async () => {
  const options: TrainingOptions = { opt: { opt: "sgd", lr: 0.1 } };
  const [bytes, normalised] = [
    await openTraining(engine, options),
    await openTraining(engine, { ...options, trainingInput: "float32" }),
  ];
  const { mean, std } = bytes.model.pretrainedCfg;
  const [channels, height, width] = smoothInput;
  for (let update = 0; update < 3; update++) {
    const batch = bytesOf(update);
    if (!(batch.images instanceof Uint8Array)) throw new Error("bytes");
    const batchSize = batch.images.length / (channels * height * width);
    const images = normalizeImages(batch.images, { batchSize, channels, height, width }, { mean, std });
    const { loss } = await bytes.update([batch], { update });
    const other = await normalised.update([{ ...batch, images }], { update });
    expect(Math.abs(other.loss - loss)).toBeLessThan(1e-6);
  }
  const { images } = bytesOf(7);
  const outputs = [];
  for (const updater of [bytes, normalised]) {
    const evaluation = await updater.createEvaluation("plain", 8);
    outputs.push(await evaluation.run(images, 8));
    await evaluation.close();
  }
  const [ours = [], theirs = []] = outputs.map((values) => [...values]);
  for (const [i, value] of ours.entries())
    expect(Math.abs(value - (theirs[i] ?? Number.NaN))).toBeLessThan(1e-4);
  await bytes.close();
  await normalised.close();
});
