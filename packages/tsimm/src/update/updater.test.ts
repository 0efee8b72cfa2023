import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import type { Model } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { clipGradients } from "../optim/clip.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import { DivergedError } from "./diverged-error.ts";
import { createUpdater, type UpdateBatch, type Updater, type UpdaterOptions } from "./updater.ts";

const layout = { batchSize: 2, height: 32, width: 32, input: "float32", threads: 1 } as const;

/** Two images of waves. */
const batchOf = (frequency: number): UpdateBatch => ({
  images: Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(frequency * i)),
  targets: Float32Array.of(1, 0, 0, 1),
});
const batch = batchOf(0.1);

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const createNet = (dropRate = 0) => createModel("test_resnet", { numClasses: 2, dropRate });
const sgd = (model: Model) => createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0.9 }, model);

type Options = Partial<Pick<UpdaterOptions, "model" | "optimizer" | "average" | "clipGrad" | "clipMode">>;

/** An updater of a new model, closed after use. */
async function withUpdater<Result>(
  options: Options,
  use: (updater: Updater) => Promise<Result>,
): Promise<Result> {
  const { model = createNet() } = options;
  const updater = await createUpdater(engine, { model, optimizer: sgd(model), ...layout, ...options });
  try {
    return await use(updater);
  } finally {
    await updater.close();
  }
}

/** A digest, quick to compare, of arrays. */
function digest(arrays: Iterable<Float32Array | BigInt64Array>): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

const digestOf = ({ state }: Pick<Model, "state">) => digest(state.map(({ data }) => data));
const parametersOf = (model: Model) => model.parameters.map(({ data }) => data.slice());

/** Gradients of a batch, by the step alone. */
async function gradientsOf({ images, targets }: UpdateBatch): Promise<Float32Array[]> {
  const model = createNet();
  const step = await createTrainingStep(engine, model, layout);
  await step.run(images, targets);
  await step.close();
  return model.parameters.map(({ grad }) => grad ?? new Float32Array());
}

test("an update is gradient, clipping, the optimizer's rule and the moving average", async () => {
  const model = createNet();
  const optimizer = sgd(model);
  const step = await createTrainingStep(engine, model, layout);
  const average = new ModelEma(model, { decay: 0.5, warmup: false });
  const results: object[] = [];
  for (const update of [0, 1]) {
    const { loss } = await step.run(batch.images, batch.targets);
    results.push({ loss, gradNorm: clipGradients(model.parameters, { clipGrad: 0.5 }) });
    optimizer.step();
    average.update(update + 1);
  }
  await step.close();
  const own = createNet();
  const ownAverage = new ModelEma(own, { decay: 0.5, warmup: false });
  await withUpdater({ model: own, average: ownAverage, clipGrad: 0.5 }, async (updater) => {
    expect(await updater.update([batch], { update: 0 })).toEqual(results[0]);
    expect(await updater.update([batch], { update: 1 })).toEqual(results[1]);
  });
  expect(digestOf(own)).toEqual(digestOf(model));
  expect(digestOf(ownAverage)).toEqual(digestOf(average));
});

test("several batches make one update of their mean gradient and mean loss", async () => {
  const other = batchOf(0.3);
  const [first, second] = [await gradientsOf(batch), await gradientsOf(other)];
  const model = createNet();
  await withUpdater({ model }, async (updater) => {
    const { loss, gradNorm } = await updater.update([batch, other], { update: 0 });
    const grads = model.parameters.flatMap(({ grad }) => grad ?? []);
    const means = first.map((values, i) =>
      values.map((value, k) => 0.5 * value + 0.5 * (second[i]?.[k] ?? 0)),
    );
    expect(digest(grads)).toBe(digest(means));
    const squares = grads.map((grad) => grad.reduce((sum, value) => sum + value ** 2, 0));
    expect(gradNorm).toBeCloseTo(Math.sqrt(squares.reduce((sum, value) => sum + value)), 5);
    const losses = await Promise.all(
      [batch, other].map((one) => withUpdater({}, (alone) => alone.update([one], { update: 0 }))),
    );
    expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one.loss, 0) / 2, 12);
  });
});

test("the norm is that before clipping, and the clipped gradient is what counts", async () => {
  const [free, clipped] = [createNet(), createNet()];
  const before = parametersOf(free);
  const plain = await withUpdater({ model: free }, (updater) => updater.update([batch], { update: 0 }));
  const bound = { clipGrad: 1e-3, clipMode: "value" } as const;
  const other = await withUpdater({ model: clipped, ...bound }, (updater) =>
    updater.update([batch], { update: 0 }),
  );
  expect(other).toEqual(plain);
  const longest = (model: Model) =>
    parametersOf(model).reduce(
      (most, data, i) => data.reduce((far, x, k) => Math.max(far, Math.abs(x - (before[i]?.[k] ?? 0))), most),
      0,
    );
  expect(longest(clipped)).toBeLessThan(2e-4);
  expect(longest(free)).toBeGreaterThan(1e-3);
});

test("masks follow from the number of the update and the batch in it, and from nothing else", async () => {
  const losses = (update: number, batches = [batch]) =>
    withUpdater(
      { model: createNet(0.5) },
      async (updater) => (await updater.update(batches, { update })).loss,
    );
  const first = await losses(0);
  expect(await losses(0)).toBe(first);
  expect(await losses(1)).not.toBe(first);
  expect(await losses(0, [batch, batch])).not.toBe(first);
});

test.each([
  // Logits that overflow.
  { what: "loss", weight: 3e38, target: 1, loss: Number.NaN },
  // Gradients that overflow further down.
  { what: "gradient", weight: 1e3, target: 1e34, loss: expect.closeTo(5.04e37, -36) },
])("where the $what is not finite no parameter has changed", async ({ weight, target, loss }) => {
  const model = createNet();
  const average = new ModelEma(model);
  const optimizer = sgd(model);
  await withUpdater({ model, average, optimizer }, async (updater) => {
    await updater.update([batch], { update: 0 });
    model.parameters.at(-2)?.data.fill(weight).fill(-weight, 0, 8);
    const state = () => {
      const { slots, ...rest } = structuredClone(optimizer.stateDict());
      return [digest(parametersOf(model)), digestOf(average), digest(slots.values()), rest];
    };
    const before = state();
    const targets = Float32Array.of(target, 0, 0, target);
    const failed = updater.update([{ images: batch.images, targets }], { update: 1 });
    await expect(failed).rejects.toBeInstanceOf(DivergedError);
    await expect(failed).rejects.toThrow(
      /^Updater\.update: the loss must be finite, got loss \S+ and gradient norm \S+; lower the learning rate, lengthen the warm-up or clip the gradients$/,
    );
    await expect(failed).rejects.toMatchObject({ position: null, loss });
    expect(state()).toEqual(before);
  });
});

test("evaluations are of the weights asked for, as they are now", async () => {
  const model = createNet();
  const average = new ModelEma(model, { decay: 0.9, warmup: false });
  await withUpdater({ model, average }, async (updater) => {
    const outputs = async (weights: "plain" | "average") => {
      const evaluation = await updater.createEvaluation(weights, 1);
      const logits = await evaluation.run(batch.images.subarray(0, 3 * 32 * 32), 1);
      await evaluation.close();
      return [...logits];
    };
    const untrained = await outputs("plain");
    expect(await outputs("average")).toEqual(untrained);
    await updater.update([batch], { update: 0 });
    await updater.update([batch], { update: 1 });
    const [plain, averaged] = [await outputs("plain"), await outputs("average")];
    expect(plain).not.toEqual(untrained);
    expect(averaged).not.toEqual(plain);
  });
});

test("an update without a batch, or of no number, is refused", async () => {
  await withUpdater({}, async (updater) => {
    await expect(updater.update([], { update: 0 })).rejects.toThrow(
      new RangeError("Updater.update: batches must have at least one, got none"),
    );
    for (const update of [-1, 0.5, Number.NaN]) {
      await expect(updater.update([batch], { update })).rejects.toThrow(
        new RangeError(`Updater.update: update must be an integer >= 0, got ${update}`),
      );
    }
    await expect(updater.createEvaluation("average", 1)).rejects.toThrow(
      new RangeError(
        'Updater.createEvaluation: weights must be "plain" without a moving average, got "average"',
      ),
    );
  });
});

test.each<[object, Error]>([
  [{ clipGrad: 0 }, new RangeError("createUpdater: clipGrad must be a number > 0, got 0")],
  [{ clipGrad: Number.NaN }, new RangeError("createUpdater: clipGrad must be a number > 0, got NaN")],
  [
    { optimiser: null },
    new RangeError(
      'createUpdater: option must be one of batchSize, height, width, input, mean, std, loss, seed, threads, model, optimizer, average, clipGrad, clipMode, trainingInput, frozen, got "optimiser"; did you mean "optimizer"?',
    ),
  ],
])("options %j are refused", async (options, error) => {
  await expect(withUpdater(options, async () => {})).rejects.toThrow(error);
});

test("an optimizer of another model is refused", async () => {
  await expect(withUpdater({ optimizer: sgd(createNet()) }, async () => {})).rejects.toThrow(
    new RangeError(
      'createUpdater: optimizer must be over parameters of the model test_resnet, got "conv1.0.weight" of another; create it from this model',
    ),
  );
});

test("two updates of one model at once are refused, and the next one works", async () => {
  await withUpdater({}, async (updater) => {
    const first = updater.update([batch], { update: 0 });
    await expect(updater.update([batch], { update: 0 })).rejects.toThrow(
      "Updater.update: test_resnet must be updated once at a time, got a call before the last one has ended; await it",
    );
    await first;
    expect((await updater.update([batch], { update: 1 })).loss).toBeGreaterThan(0);
  });
});

test("what is no batches, no position or no set of weights is refused", async () => {
  await withUpdater({}, async (updater) => {
    await expect(updater.update(JSON.parse("{}"), { update: 0 })).rejects.toThrow(
      new TypeError("Updater.update: batches must be a list, got object"),
    );
    await expect(updater.update([batch], JSON.parse("null"))).rejects.toThrow(
      new RangeError("Updater.update: update must be an integer >= 0, got undefined"),
    );
    await expect(updater.createEvaluation(JSON.parse('"averag"'), 1)).rejects.toThrow(
      new RangeError('Updater.createEvaluation: weights must be one of plain, average, got "averag"'),
    );
  });
});
