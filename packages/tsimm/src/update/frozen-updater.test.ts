/** Updates with a part of the model frozen. */
import { beforeAll, describe, expect, test } from "vitest";
import { freeze } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer, createOptimizerV2 } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { withHostDevice } from "../runtime/host-device.fixture.ts";
import { loadState } from "../weights/load-state.ts";
import { createUpdater, type UpdateBatch } from "./updater.ts";

const layout = { batchSize: 2, height: 32, width: 32, input: "float32", threads: 1 } as const;
const frozen = ["conv1", "bn1", "layer[12]"];

const batchOf = (number: number): UpdateBatch => ({
  images: Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(0.1 * i + number)),
  targets: Float32Array.of(1, 0, 0, 1),
});

let native: Engine;
beforeAll(async () => {
  native = await createEngine("native");
});

/** A network whose residual branches are not 0 at first, so that every weight has a gradient. */
function createNet(): Model {
  const model = createModel("test_resnet", { numClasses: 2 });
  for (const { shape, data } of model.parameters) if (shape.length === 1) data.fill(0.5);
  return model;
}

const copyOf = (state: Model["state"]) => new Map(state.map(({ name, data }) => [name, data.slice()]));

/** Names of tensors that differ. */
function changedIn(state: Model["state"], before: ReadonlyMap<string, ArrayLike<unknown>>): string[] {
  return state.flatMap(({ name, data }) => {
    const past = before.get(name);
    return data.every((value, i) => Object.is(value, past?.[i])) ? [] : [name];
  });
}

/** An Adam over everything that trains, an average, and an updater. */
async function open(engine: Engine, model: Model, { holdsAll = false } = {}) {
  const optimizer = createOptimizerV2(model, {
    ...{ opt: "adamw", lr: 0.01, weightDecay: 0.1 },
    ...(holdsAll ? {} : { frozen }),
  });
  const average = new ModelEma(model, { decay: 0.5, warmup: false });
  return await createUpdater(engine, { model, optimizer, average, frozen, ...layout });
}

describe.each(["host", "device"])("on a %s", (location) => {
  const engineOf = () => (location === "host" ? native : withHostDevice(native));

  test("nothing of what is frozen changes by a byte, all the rest does", async () => {
    const model = createNet();
    const before = copyOf(model.state);
    const updater = await open(engineOf(), model);
    for (const update of [0, 1, 2]) await updater.update([batchOf(update), batchOf(-update)], { update });
    await updater.store.read();
    const isFrozen = (name: string) => /^(conv1|bn1|layer[12])\./.test(name);
    const rest = model.state.map(({ name }) => name).filter((name) => !isFrozen(name));
    expect(changedIn(model.state, before)).toEqual(rest);
    expect(changedIn(updater.average?.state ?? [], before)).toEqual(rest);
    const slots = [...updater.optimizer.stateDict().slots.keys()];
    expect(slots.filter(isFrozen)).toEqual([]);
    await updater.close();
  });

  test("weights that are loaded are those that it goes on with", async () => {
    const [first, second] = [createNet(), createNet()];
    for (const { name, data } of [...first.state, ...second.state]) {
      if (name === "conv1.0.weight" && data instanceof Float32Array) data[0] = 0.25;
    }
    const expected = await open(engineOf(), second);
    const { loss } = await expected.update([batchOf(0)], { update: 0 });
    await expected.close();

    const model = createNet();
    const updater = await open(engineOf(), model);
    await updater.update([batchOf(0)], { update: 0 });
    await updater.store.read();
    const tensors = first.state.map(({ name, shape, data }) => {
      const dtype = data instanceof Float32Array ? ("F32" as const) : ("I64" as const);
      return [name, { dtype, shape, data }] as const;
    });
    loadState(model, new Map(tensors));
    expect((await updater.update([batchOf(0)], { update: 1 })).loss).toBeCloseTo(loss, 5);
    await updater.close();
  });

  test("after unfreeze everything trains, with moments that were kept and first steps of its own", async () => {
    const model = createNet();
    const before = copyOf(model.state);
    const updater = await open(engineOf(), model, { holdsAll: true });
    for (const update of [0, 1, 2]) await updater.update([batchOf(update)], { update });
    await updater.store.read();
    const moments = updater.optimizer.stateDict().slots;
    const kept = moments.get("fc.weight.exp_avg")?.slice();
    expect(moments.has("conv1.0.weight.exp_avg")).toBe(false);
    await updater.unfreeze();
    expect(updater.optimizer.stateDict().slots.get("fc.weight.exp_avg")).toEqual(kept);
    const [conv] = model.parameters;
    const start = conv?.data.slice() ?? new Float32Array();
    await updater.update([batchOf(3)], { update: 3 });
    await updater.store.read();
    expect(changedIn(model.state, before)).toEqual(model.state.map(({ name }) => name));
    const { steps, joined } = updater.optimizer.stateDict();
    expect([steps, joined?.["conv1.0.weight"], joined?.["fc.weight"]]).toEqual([4, 3, undefined]);
    // The first step of Adam has the length of the learning rate in each direction, whenever it comes.
    const lengths = [...start].map((value, i) => Math.abs((conv?.data[i] ?? 0) - value * (1 - 0.01 * 0.1)));
    expect(Math.max(...lengths)).toBeCloseTo(0.01, 4);
    await updater.close();
  });
});

test("adaptive clipping leaves the classifier alone, and nothing in its place where that is frozen", async () => {
  const steps = async (clipGrad: number | null) => {
    const model = createNet();
    const before = copyOf(model.state);
    const optimizer = createOptimizerV2(model, { opt: "sgd", lr: 1, momentum: 0, frozen: ["fc"] });
    const options = { model, optimizer, frozen: ["fc"], clipGrad, clipMode: "agc" as const, ...layout };
    const updater = await createUpdater(native, options);
    await updater.update([batchOf(0)], { update: 0 });
    await updater.close();
    return new Map(
      model.parameters.map(({ name, data }) => [
        name,
        data.reduce((sum, value, i) => sum + (value - Number(before.get(name)?.[i])) ** 2, 0),
      ]),
    );
  };
  const [free, clipped] = [await steps(null), await steps(1e-4)];
  const isWhole = (name: string) => clipped.get(name) === free.get(name);
  const last = ["layer4.0.downsample.2.weight", "layer4.0.downsample.2.bias"];
  expect(["fc.weight", "fc.bias", ...last].map(isWhole)).toEqual([true, true, false, false]);
});

test("what the optimizer does not hold stays frozen after unfreeze", async () => {
  const model = createNet();
  const before = copyOf(model.state);
  const [, ...held] = model.parameters;
  const optimizer = createOptimizerV2(held, { opt: "sgd", lr: 0.1 });
  const updater = await createUpdater(native, { model, optimizer, frozen, ...layout });
  await updater.unfreeze();
  await updater.update([batchOf(0)], { update: 0 });
  expect(changedIn(model.parameters, before)).toEqual(held.map(({ name }) => name));
  await updater.close();
});

test("gradients of earlier updates do not reach what is frozen", async () => {
  const model = createNet();
  const optimizer = createOptimizerV2(model, { opt: "sgd", lr: 0.1 });
  const whole = await createUpdater(native, { model, optimizer, ...layout });
  await whole.update([batchOf(0)], { update: 0 });
  await whole.close();
  const before = copyOf(model.state);
  const updater = await createUpdater(native, { model, optimizer, frozen: ["backbone"], ...layout });
  await updater.update([batchOf(0)], { update: 1 });
  await updater.close();
  expect(changedIn(model.state, before)).toEqual(["fc.weight", "fc.bias"]);
});

test("layers keep their depth where some are frozen", () => {
  const model = createNet();
  const args = { opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0.9, layerDecay: 0.5 };
  const scales = (given: Parameters<typeof createOptimizer>) =>
    Object.fromEntries(
      createOptimizer(...given).paramGroups.flatMap(({ params, lrScale }) =>
        params.map(({ name }) => [name, lrScale]),
      ),
    );
  const [all, rest] = [scales([args, model]), scales([args, model, true, freeze(model, frozen)])];
  expect(rest).toEqual(
    Object.fromEntries(Object.entries(all).filter(([name]) => !/^(conv1|bn1|layer[12])\./.test(name))),
  );
});

test("patterns that match nothing are refused", async () => {
  const model = createNet();
  const optimizer = createOptimizerV2(model, { opt: "sgd", lr: 0.1 });
  await expect(createUpdater(native, { model, optimizer, frozen: ["stem"], ...layout })).rejects.toThrow(
    'freeze: patterns must match parameters or modules of test_resnet, got "stem"',
  );
  expect(() => createOptimizerV2(model, { frozen: 1 as never })).toThrow(
    new RangeError(
      "createOptimizerV2: frozen must be patterns of names, or what freeze returns or null, got 1",
    ),
  );
});
