import { decodeModel, encodeModel, float, float32, GraphBuilder } from "@tsimm/autodiff";
import { beforeAll, expect, test } from "vitest";
import { clipGradients } from "../optim/clip.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { createFineTuning, type FineTuning, type FineTuningOptions } from "../runtime/fine-tuning.ts";
import { withHostDevice } from "../runtime/host-device.fixture.ts";
import type { FeedBatch } from "../runtime/onnx-program.ts";
import { DivergedError } from "./diverged-error.ts";
import { createUpdater } from "./updater.ts";

/** logits = bn(x) w, x [batch, 3]. */
function file(): Uint8Array {
  const builder = new GraphBuilder("normalized");
  const x = builder.input("x", "float32", [4, 3]);
  const constants = {
    scale: [1.5, 0.5, -1],
    bias: [0.25, 0, 0.5],
    mean: [0.1, 0.2, 0.3],
    variance: [1, 2, 3],
  };
  const statistics = Object.entries(constants).map(([name, data]) =>
    builder.constant(float32([3], data), name),
  );
  const y = builder.op("BatchNormalization", [x, ...statistics], { momentum: float(0.5) }, { name: "bn" });
  const w = builder.constant(float32([3, 2], [0.3, -0.2, 0.5, 0.1, -0.4, 0.7]), "w");
  builder.output(builder.op("MatMul", [y, w]), "y");
  return encodeModel(builder.build(), { batchSymbol: "batch" });
}

const x = Float32Array.of(1, 2, 3, -1, 0.5, 2, 0.25, -2, 1, 3, 1, -1);
const targets = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1);
const batchOf = (samples: number): FeedBatch => ({
  feeds: { x: x.subarray(0, 3 * samples) },
  targets: targets.subarray(0, 2 * samples),
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("native");
});

const open = (options: FineTuningOptions = {}) =>
  createFineTuning(engine, file(), { batchSize: 4, batchNorm: "train", ...options });
const adamw = (net: FineTuning) => createOptimizerV2(net.parameters, { opt: "adamw", lr: 0.05 });

const weightsIn = (bytes: Uint8Array) => decodeModel(bytes, { inputs: { x: [4, 3] } }).graph.initializers;

/** An updater over a new model, both closed after use. */
async function withUpdater<Result>(
  use: (updater: Awaited<ReturnType<typeof createFineTuningUpdater>>) => Promise<Result>,
  clipGrad: number | null = null,
  options: FineTuningOptions = {},
): Promise<Result> {
  const net = await open(options);
  const updater = await createFineTuningUpdater(net, clipGrad);
  const result = await use(updater);
  await updater.close();
  await net.close();
  return result;
}

const createFineTuningUpdater = (model: FineTuning, clipGrad: number | null) =>
  createUpdater(engine, { model, optimizer: adamw(model), clipGrad });

test("updates are a loop of one's own over run, clipping and step, smaller batches too", async () => {
  const sizes = [4, 4, 2, 4, 3, 3];
  const net = await open();
  const optimizer = adamw(net);
  const own: object[] = [];
  for (const size of sizes) {
    const { feeds, targets } = batchOf(size);
    const { loss } = await net.run(feeds, targets);
    own.push({ loss, gradNorm: clipGradients(net.parameters, { clipGrad: 0.1 }) });
    optimizer.step();
  }
  await withUpdater(async (updater) => {
    const results: object[] = [];
    for (const [update, size] of sizes.entries()) {
      results.push(await updater.update([batchOf(size)], { update }));
    }
    expect(results).toEqual(own);
    await updater.finishEpoch();
    await updater.store.read();
    expect(updater.model.save()).toEqual(net.save());
  }, 0.1);
  await net.close();
});

test("several batches make one update of their mean gradient", async () => {
  const gradients = async (batches: readonly FeedBatch[]) =>
    withUpdater(async (updater) => {
      const { loss } = await updater.update(batches, { update: 0 });
      return [loss, ...updater.model.parameters.flatMap(({ grad }) => [...(grad ?? [])])];
    });
  const [both, first, second] = [
    await gradients([batchOf(4), batchOf(2)]),
    await gradients([batchOf(4)]),
    await gradients([batchOf(2)]),
  ];
  for (const [i, value] of both.entries()) {
    expect(value).toBeCloseTo(((first[i] ?? 0) + (second[i] ?? 0)) / 2, 6);
  }
});

test("the store holds parameters, running statistics and slots", async () => {
  await withUpdater(async (updater) => {
    await updater.update([batchOf(4)], { update: 0 });
    const tensors = updater.store.tensors();
    expect(tensors.map(({ role, name, shape }) => [role, name, shape])).toEqual([
      ["parameter", "scale", [3]],
      ["parameter", "bias", [3]],
      ["parameter", "w", [3, 2]],
      ["statistic", "bn.running_mean", [3]],
      ["statistic", "bn.running_var", [3]],
      ...["scale", "bias", "w"].flatMap((name) =>
        ["exp_avg", "exp_avg_sq"].map((slot) => ["slot", `${name}.${slot}`, name === "w" ? [3, 2] : [3]]),
      ),
    ]);
    const initializers = weightsIn(updater.model.save());
    expect(tensors.find(({ name }) => name === "bn.running_mean")?.data).toEqual(
      initializers.get("mean")?.data,
    );
  });
});

test("what is frozen stays, in the updater too", async () => {
  await withUpdater(
    async (updater) => {
      await updater.update([batchOf(4)], { update: 0 });
      const [saved, before] = [weightsIn(updater.model.save()), weightsIn(file())];
      for (const name of ["scale", "bias"]) expect(saved.get(name)).toEqual(before.get(name));
      expect(saved.get("w")).not.toEqual(before.get("w"));
    },
    null,
    { freeze: ["scale", "bias"] },
  );
});

test("a gradient that is not finite changes nothing", async () => {
  await withUpdater(async (updater) => {
    const parameter = (name: string) => updater.model.parameters.find((one) => one.name === name)?.data;
    parameter("bias")?.fill(1e20);
    parameter("w")?.fill(0);
    const before = updater.model.parameters.map(({ data }) => data.slice());
    const huge = { feeds: { x }, targets: Float32Array.from({ length: 8 }, (_, i) => (i % 2 ? 0 : 1e19)) };
    await expect(updater.update([huge, huge], { update: 0 })).rejects.toBeInstanceOf(DivergedError);
    expect(updater.model.parameters.map(({ data }) => data)).toEqual(before);
  });
});

test("bad feeds, options and foreign optimizers are refused by name", async () => {
  await withUpdater(async (updater) => {
    await expect(updater.update([{ feeds: {}, targets }], { update: 0 })).rejects.toThrow(
      new RangeError('FineTuning.run: "x" must be float32 [4, 3] = Float32Array of 12 elements, got none'),
    );
    await expect(updater.update([], { update: 0 })).rejects.toThrow(
      new RangeError("Updater.update: batches must have at least one, got none"),
    );
    const { model } = updater;
    const other = await open();
    await expect(createUpdater(engine, { model, optimizer: adamw(other) })).rejects.toThrow(
      new RangeError(
        'createUpdater: optimizer must be over parameters of the model normalized, got "scale" of another; create it from this model',
      ),
    );
    await other.close();
    await expect(createUpdater(engine, { model, optimizer: adamw(model), clipGrad: 0 })).rejects.toThrow(
      new RangeError("createUpdater: clipGrad must be a number > 0, got 0"),
    );
    const wrong = { model, optimizer: adamw(model), batchSize: 4 };
    await expect(createUpdater(engine, wrong)).rejects.toThrow(
      'createUpdater: option must be one of model, optimizer, clipGrad, clipMode, got "batchSize"',
    );
  });
});

test("on a device the same numbers come out, smaller batches, running statistics and causes included", async () => {
  const device = withHostDevice(engine);
  const train = async (on: Engine) => {
    const net = await createFineTuning(on, file(), { batchSize: 4, batchNorm: "train" });
    const updater = await createUpdater(on, { model: net, optimizer: adamw(net), clipGrad: 0.5 });
    const losses: number[] = [];
    for (const [update, batches] of [[4], [4, 2], [2], [3], [4]].entries()) {
      losses.push((await updater.update(batches.map(batchOf), { update })).loss);
    }
    await updater.finishEpoch();
    const { location, isCurrent } = updater.store;
    await updater.store.read();
    const weights = weightsIn(net.save());
    net.parameters.find(({ name }) => name === "w")?.data.fill(Number.NaN);
    updater.store.written();
    const cause = await updater.update([batchOf(4)], { update: 5 }).catch((error: Error) => error.message);
    await updater.close();
    await net.close();
    return { losses, location, isCurrent, weights, cause };
  };
  const [host, there] = [await train(engine), await train(device)];
  expect([host.location, host.isCurrent, there.location, there.isCurrent]).toEqual([
    ...["host", true],
    ...["device", false],
  ]);
  for (const [i, loss] of host.losses.entries()) expect(there.losses[i]).toBeCloseTo(loss, 5);
  for (const [name, { data }] of host.weights) {
    for (const [i, value] of data.entries()) {
      expect(Number(there.weights.get(name)?.data[i])).toBeCloseTo(Number(value), 4);
    }
  }
  expect(there.cause).toBe(host.cause);
  expect(host.cause).toContain('"w" holds NaN at element 0');
  expect([device.open, device.live]).toEqual([0, 0]);
});
