import { afterAll, describe, expect, test } from "vitest";
import type { Model } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import * as builtIn from "./built-in-engines.ts";
import { createEngine } from "./create-engine.ts";
import type { EngineDefinition } from "./engine-definition.ts";
import { createEvaluation } from "./evaluation-step.ts";
import { createTrainingStep } from "./training-step.ts";

const engine = await createEngine("native");
const mean = [0.4, 0.5, 0.6];
const std = [0.2, 0.25, 0.3];
const [batchSize, size, classes] = [4, 32, 3];
const random = keyedRandom(1, "augment");
const bytes = Uint8Array.from({ length: batchSize * size * size * 3 }, () => random.integer(256));
const target = Float32Array.from({ length: batchSize * classes }, (_, i) => Number(i % (classes + 1) === 0));

/** The same pixels as [B, C, H, W], normalised. */
const normalised = Float32Array.from({ length: bytes.length }, (_, i) => {
  const [image, channel, pixel] = [
    Math.floor(i / (3 * size * size)),
    Math.floor(i / (size * size)) % 3,
    i % (size * size),
  ];
  const value = bytes[(image * size * size + pixel) * 3 + channel] ?? Number.NaN;
  return (value / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
});

const small = () => createModel("test_resnet", { numClasses: classes, zeroInitLast: false });
const shape = { batchSize, height: size, width: size };
const asBytes = { ...shape, input: "uint8", mean, std } as const;
const asFloats = { ...shape, input: "float32" } as const;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

describe("createTrainingStep", () => {
  test("normalises bytes in the graph", async () => {
    const [model, other] = [small(), small()];
    const step = await createTrainingStep(engine, model, asBytes);
    const otherStep = await createTrainingStep(engine, other, asFloats);
    const { loss, logits } = await step.run(bytes, target);
    const expected = await otherStep.run(normalised, target);
    expect(loss).toBeCloseTo(expected.loss, 5);
    expect(largestDifference(logits, expected.logits)).toBeLessThan(1e-4);
    await step.close();
    await otherStep.close();
  });

  test("fifty steps give the same bytes in two sessions", async () => {
    const train = async () => {
      const model = small();
      const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 1e-3, weightDecay: 0.05 });
      const step = await createTrainingStep(engine, model, asBytes);
      const losses: number[] = [];
      for (let i = 0; i < 50; i++) {
        losses.push((await step.run(bytes, target)).loss);
        optimizer.step();
      }
      await step.close();
      return { losses, state: model.state.map(({ data }) => data) };
    };
    const first = await train();
    expect(await train()).toEqual(first);
    expect(first.losses.at(-1)).toBeLessThan(0.1 * (first.losses[0] ?? 0));
  });

  // Engines of devices have tests of their own, where there is a device.
  test.each([builtIn.wasm])("trains the same on the $name engine", async (other) => {
    const gradients = async ({ load }: EngineDefinition) => {
      const model = small();
      const step = await createTrainingStep(await load(), model, asBytes);
      await step.run(bytes, target);
      await step.close();
      return model.parameters.map(({ grad }) => grad ?? []);
    };
    const [expected, actual] = [await gradients(builtIn.native), await gradients(other)];
    for (const [k, grad] of expected.entries()) {
      const scale = largestDifference(grad, new Float32Array(grad.length));
      expect(largestDifference(grad, actual[k] ?? [])).toBeLessThan(1e-3 * scale);
    }
  });

  test.each<[string, Uint8Array | Float32Array, Float32Array, string]>([
    ["other images", normalised, target, "images must be a Uint8Array, got Float32Array"],
    ["a short batch", bytes.subarray(1), target, "images must have 12288 elements [4,32,32,3], got 12287"],
    ["a short target", bytes, target.subarray(1), "target must have 12 elements [4,3], got 11"],
  ])("refuses %s", async (_, images, target, message) => {
    const step = await createTrainingStep(engine, small(), asBytes);
    await expect(step.run(images, target)).rejects.toThrow(`TrainingStep.run: ${message}`);
    await step.close();
  });
});

test.each<[string, number, number, string]>([
  ["NaN", Number.NaN, 5, "images must be finite, got NaN at element 5"],
  ["an infinite pixel", Number.NEGATIVE_INFINITY, 0, "images must be finite, got -Infinity at element 0"],
  ["NaN at the end", Number.NaN, normalised.length - 1, "images must be finite, got NaN at element 12287"],
])(
  "refuses %s among the pixels and leaves the running statistics as they were",
  async (_, value, at, message) => {
    const model = small();
    const before = model.state.map(({ data }) => data.slice());
    const step = await createTrainingStep(engine, model, asFloats);
    await expect(step.run(normalised.with(at, value), target)).rejects.toThrow(
      new RangeError(`TrainingStep.run: ${message}`),
    );
    await expect(step.run(normalised, target.with(2, value))).rejects.toThrow(
      new RangeError(`TrainingStep.run: target must be finite, got ${value} at element 2`),
    );
    await step.close();
    expect(model.state.map(({ data }) => data)).toEqual(before);
  },
);

describe("dropout and drop path", () => {
  const dropping = () =>
    createModel("test_resnet", {
      numClasses: classes,
      zeroInitLast: false,
      dropRate: 0.5,
      dropPathRate: 0.5,
    });
  const losses = async (options: { seed?: number }, ...keys: number[][]) => {
    const step = await createTrainingStep(engine, dropping(), { ...asBytes, ...options });
    const results: number[] = [];
    for (const key of keys) results.push((await step.run(bytes, target, key)).loss);
    await step.close();
    return results;
  };

  test("have one mask per place, with rates that rise from block to block", () => {
    expect(dropping().masks).toEqual([
      { name: "layer2.0.drop_path.mask", keep: 1 - 0.5 / 3 },
      { name: "layer3.0.drop_path.mask", keep: 1 - 1 / 3 },
      { name: "layer4.0.drop_path.mask", keep: 0.5 },
      { name: "fc_drop.mask", keep: 0.5 },
    ]);
  });

  test("draw from the seed and the keys alone, whatever ran before", async () => {
    const [first, second, other] = await losses({}, [0, 0], [1, 0], [0, 1]);
    expect(new Set([first, second, other]).size).toBe(3);
    expect(await losses({ seed: 42 }, [1, 0], [0, 0])).toEqual([second, first]);
    expect(await losses({ seed: 43 }, [0, 0])).not.toEqual([first]);
  });

  test("steps that go on after a stop give the bytes of steps never stopped", async () => {
    const train = async (model: Model, from: number, to: number) => {
      const optimizer = createOptimizerV2(model, { opt: "sgd", lr: 0.1, momentum: 0 });
      const step = await createTrainingStep(engine, model, asBytes);
      for (let update = from; update < to; update++) {
        await step.run(bytes, target, [update, 0]);
        optimizer.step();
      }
      await step.close();
    };
    const [whole, parts] = [dropping(), dropping()];
    await train(whole, 0, 4);
    await train(parts, 0, 2);
    await train(parts, 2, 4);
    expect(parts.state.map(({ data }) => data)).toEqual(whole.state.map(({ data }) => data));
  });

  test("leave evaluation alone", async () => {
    const logits = async (model: Model) => {
      const evaluation = await createEvaluation(engine, model, asBytes);
      const result = await evaluation.run(bytes, batchSize);
      await evaluation.close();
      return result;
    };
    expect(await logits(dropping())).toEqual(await logits(small()));
  });

  test("need keys", async () => {
    const step = await createTrainingStep(engine, dropping(), asBytes);
    await expect(step.run(bytes, target)).rejects.toThrow(
      "TrainingStep.run: keys must be given for the 4 masks of test_resnet, got none; count the updates",
    );
    await step.close();
  });
});

describe("createEvaluation", async () => {
  const model = small();
  for (const { runningMean, runningVar } of model.batchNormalizations) {
    runningMean.forEach((_, i) => {
      runningMean[i] = Math.sin(i);
      runningVar[i] = 1 + 0.5 * Math.cos(i);
    });
  }
  const evaluation = await createEvaluation(engine, model, asBytes);
  const logits = await evaluation.run(bytes, batchSize);
  afterAll(() => evaluation.close());

  test("takes bytes or normalised values", async () => {
    const other = await createEvaluation(engine, model, asFloats);
    expect(largestDifference(await other.run(normalised, batchSize), logits)).toBeLessThan(1e-4);
    await other.close();
  });

  test("a smaller batch gives each image the logits it has in a whole one", async () => {
    const part = await evaluation.run(bytes.subarray((2 * bytes.length) / batchSize), 2);
    expect(part.length).toBe(2 * classes);
    expect(largestDifference(part, logits.subarray(2 * classes))).toBeLessThan(1e-6);
  });

  test("keeps the weights it was made with, and evaluates others beside the model", async () => {
    const copy: Model = {
      ...model,
      state: model.state.map((tensor) => ({ ...tensor, data: tensor.data.slice() })),
    };
    const doubled = copy.state.map((tensor) =>
      tensor.name.startsWith("fc.") && tensor.data instanceof Float32Array
        ? { ...tensor, data: tensor.data.map((value) => 2 * value) }
        : tensor,
    );
    const other = await createEvaluation(engine, { ...model, state: doubled }, asBytes);
    const twice = await other.run(bytes, batchSize);
    expect(
      largestDifference(
        twice,
        logits.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-5);
    await other.close();
    for (const { data } of model.parameters) data.fill(0);
    expect(await evaluation.run(bytes, batchSize)).toEqual(logits);
  });

  test.each([0, 5, 1.5])("refuses a count of %d", async (count) => {
    await expect(evaluation.run(bytes, count)).rejects.toThrow(
      new RangeError(`Evaluation.run: count must be an integer from 1 to 4, got ${count}`),
    );
  });

  test("refuses images that are not count images", async () => {
    await expect(evaluation.run(bytes, 2)).rejects.toThrow(
      new RangeError("Evaluation.run: images must have 6144 elements [2,32,32,3], got 12288"),
    );
  });
});
