/** Steps with a frozen part against PyTorch's numbers, and against whole steps. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Fingerprint,
  fillGolden,
  fingerprintError,
  goldenTensor,
  readGolden,
} from "../models/golden.fixture.ts";
import type { Model } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createEngine } from "./create-engine.ts";
import type { Engine, Session } from "./engine.ts";
import { createTrainingStep } from "./training-step.ts";

interface Golden {
  readonly salt: number;
  readonly cases: Readonly<Record<string, GoldenCase>>;
}

interface GoldenCase {
  readonly target: readonly number[];
  readonly loss: number;
  readonly logits: readonly (readonly number[])[];
  readonly grads: Readonly<Record<string, Fingerprint>>;
  readonly running: Readonly<Record<string, readonly [mean: Fingerprint, variance: Fingerprint]>>;
}

const { salt, cases } = readGolden<Golden>("../frozen/test_resnet.json");
const layout = { batchSize: 4, height: 32, width: 32, input: "float32", threads: 1 } as const;
const images = goldenTensor(salt, "input", 4 * 3 * 32 * 32, 15);

/** Patterns of each case of the file. */
const patterns: Readonly<Record<string, readonly string[]>> = {
  "the stem and two stages": ["conv1", "bn1*", "layer[12]"],
  "the backbone": ["backbone"],
  "a stage in the middle": ["layer2.*"],
  "every batch normalization": ["batchnorm"],
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("native");
});

/** One-hot targets of 10 classes. */
function oneHot(labels: readonly number[]): Float32Array {
  const targets = new Float32Array(labels.length * 10);
  for (const [i, label] of labels.entries()) targets[i * 10 + label] = 1;
  return targets;
}

function filled(name = "test_resnet"): Model {
  const model = createModel(name, { numClasses: 10, ...(name === "test_vit" && { imgSize: 32 }) });
  fillGolden(salt, model);
  return model;
}

async function step(model: Model, frozen: readonly string[], target: readonly number[], on = engine) {
  const one = await createTrainingStep(on, model, { ...layout, ...(frozen.length > 0 && { frozen }) });
  const result = await one.run(images, oneHot(target));
  await one.close();
  return result;
}

const gradientsOf = (model: Model) =>
  Object.fromEntries(model.parameters.flatMap(({ name, grad }) => (grad === null ? [] : [[name, grad]])));

test.each(Object.entries(cases))(
  "loss, gradients and statistics are PyTorch's: %s frozen",
  async (what, one) => {
    const model = filled();
    const before = new Map(model.state.map(({ name, data }) => [name, data.slice()]));
    const { loss, logits } = await step(model, patterns[what] ?? [], one.target);
    expect(Math.abs(loss - one.loss)).toBeLessThan(1e-4);
    const differences = one.logits.flat().map((value, i) => Math.abs(value - (logits[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-4);

    const gradients = gradientsOf(model);
    expect(Object.keys(gradients)).toEqual(Object.keys(one.grads));
    // Those that are 0 by algebra, of a shift that a normalization takes away, are rounding errors.
    const largest = Math.max(...Object.values(one.grads).map(([norm = 0]) => norm));
    const wrong = Object.entries(one.grads).filter(
      ([name, expected]) =>
        (expected[0] ?? 0) > 1e-9 * largest && !(fingerprintError(gradients[name] ?? [], expected) < 1e-3),
    );
    expect(wrong).toEqual([]);

    for (const { module, runningMean, runningVar, numBatchesTracked } of model.batchNormalizations) {
      const running = one.running[module];
      if (running === undefined) {
        expect(runningMean).toEqual(before.get(`${module}.running_mean`));
        expect(runningVar).toEqual(before.get(`${module}.running_var`));
      } else {
        expect(fingerprintError(runningMean, running[0])).toBeLessThan(1e-5);
        expect(fingerprintError(runningVar, running[1])).toBeLessThan(1e-5);
      }
      expect(numBatchesTracked[0]).toBe(running === undefined ? 0n : 1n);
    }
  },
);

test("without batch normalization the gradients are those of a whole step", async () => {
  const [whole, part] = [filled("test_vit"), filled("test_vit")];
  await step(whole, [], [1, 2, 3, 4]);
  await step(part, ["patch_embed", "blocks.0"], [1, 2, 3, 4]);
  const expected = gradientsOf(whole);
  const gradients = Object.entries(gradientsOf(part));
  expect(gradients.length).toBeLessThan(Object.keys(expected).length);
  for (const [name, grad] of gradients) {
    const norm = Math.hypot(...(expected[name] ?? []));
    const error = Math.hypot(...grad.map((value, i) => value - (expected[name]?.[i] ?? Number.NaN)));
    expect(error / norm, name).toBeLessThan(1e-5);
  }
});

describe("the graph of a step", () => {
  /** Names of the inputs that a step feeds. */
  async function inputsOf(frozen: readonly string[]): Promise<readonly string[]> {
    const fed: string[] = [];
    const spy: Engine = {
      ...engine,
      async load(bytes, options) {
        const session: Session = await engine.load(bytes, options);
        return {
          ...session,
          run: (feeds) => {
            fed.push(...Object.keys(feeds));
            return session.run(feeds);
          },
        };
      },
    };
    await step(filled(), frozen, [1, 2, 3, 4], spy);
    return fed;
  }

  test("takes the weights that are trained, the others are constants in it", async () => {
    expect(await inputsOf(["backbone"])).toEqual(["input", "target", "fc.weight", "fc.bias"]);
  });
});
