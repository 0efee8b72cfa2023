import { describe, expect, test } from "vitest";
import { goldenTensor, l2, readGolden } from "../models/golden.fixture.ts";
import type { Parameter } from "../models/model.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createOptimizer, createOptimizerV2 } from "./create-optimizer.ts";
import { graphSteps } from "./graph-steps.fixture.ts";
import type { Optimizer } from "./optimizer.ts";
import { listOptimizers } from "./optimizers.ts";

interface Config {
  args: { opt: string; lr: number | null; weight_decay: number; [option: string]: unknown };
  /** Per step and tensor: L2 norm and first values of the change since the start. */
  delta: Record<string, Record<string, number[]>>;
}
const golden = readGolden<{
  salt: number;
  shapes: Record<string, number[]>;
  steps: number;
  configs: Record<string, Config>;
}>("optim.json");

const engine = await createEngine("native");

const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const size = (shape: readonly number[]) => shape.reduce((product, d) => product * d, 1);

const freeParameters = (): Parameter[] =>
  Object.entries(golden.shapes).map(([name, shape]) => ({
    name,
    shape,
    data: goldenTensor(golden.salt, name, size(shape), 17),
    grad: null,
  }));

/** Each face of an optimizer's definition as a function that makes an update. */
const faces: Readonly<Record<string, (optimizer: Optimizer) => Promise<() => unknown>>> = {
  loop: async (optimizer) => () => optimizer.step(),
  graph: async (optimizer) => (await graphSteps(engine, optimizer)).step,
};
const trajectories = Object.entries(golden.configs).flatMap(([name, config]) =>
  Object.keys(faces).map((face) => ({ name, face, config })),
);

describe("moves free tensors as PyTorch and timm do", () => {
  test.each(trajectories)("$name by its $face", async ({ face, config: { args, delta } }) => {
    const params = freeParameters();
    const start = params.map(({ data }) => data.slice());
    const { weight_decay, ...rest } = args;
    const options = Object.fromEntries(Object.entries(rest).map(([key, value]) => [camelCase(key), value]));
    const decays = ({ shape }: Parameter) => shape.length > 1;
    const optimizer = createOptimizerV2(
      [
        { params: params.filter((parameter) => !decays(parameter)), weightDecay: 0 },
        { params: params.filter(decays), weightDecay: weight_decay },
      ],
      options,
    );
    const makeStep = await faces[face]?.(optimizer);
    for (let step = 1; step <= golden.steps; step++) {
      for (const parameter of params) {
        parameter.grad = goldenTensor(golden.salt, `${parameter.name}.g${step}`, parameter.data.length, 19);
      }
      await makeStep?.();
      for (const [k, { name, data }] of params.entries()) {
        const expected = delta[String(step)]?.[name];
        if (expected === undefined) continue;
        const change = data.map((value, i) => value - (start[k]?.[i] ?? Number.NaN));
        const [norm = Number.NaN, ...first] = expected;
        // Float32 weights near 0.5 resolve a change to 6e-8 only.
        const resolution = 2e-7;
        expect(Math.abs(l2(change) - norm)).toBeLessThan(1e-4 * norm + resolution);
        for (const [i, value] of first.entries()) {
          expect(Math.abs((change[i] ?? Number.NaN) - value)).toBeLessThan(1e-4 * norm + resolution);
        }
      }
    }
  });
});

const parameter = (name: string, shape: number[]): Parameter => ({
  name,
  shape,
  data: new Float32Array(size(shape)).fill(0.5),
  grad: null,
});

const model = (...params: Parameter[]) => ({ ...emptyModel, parameters: params });
const emptyModel = {
  name: "free",
  numClasses: 2,
  inChans: 3,
  numFeatures: 4,
  pretrainedCfg: {
    inputSize: [3, 8, 8],
    interpolation: "bicubic",
    cropPct: 1,
    cropMode: "center",
    mean: [0],
    std: [1],
  },
  buffers: [],
  state: [],
  batchNormalizations: [],
  masks: [],
  featureInfo: [],
  classifier: "fc",
  noWeightDecay: [],
  layerOf: () => null,
  getClassifier: () => [],
  resetClassifier() {},
  forwardGraph() {
    throw new Error("a free model has no graph");
  },
} as const;

describe("createOptimizer", () => {
  const args = { opt: "adam", lr: 1e-4, weightDecay: 0, momentum: 0.9 };
  const small = () => model(parameter("fc.weight", [2, 4]), parameter("fc.bias", [2]));

  test("takes what the optimizer has from the arguments and leaves out the rest", () => {
    const optimizer = createOptimizer({ ...args, optBetas: [0.8, 0.9], optEps: null }, small());
    expect(optimizer.paramGroups).toMatchObject([{ lr: 1e-4, weightDecay: 0, betas: [0.8, 0.9], eps: 1e-8 }]);
    expect(optimizer.paramGroups[0]).not.toHaveProperty("momentum");
  });

  test("keeps biases and normalisation from decaying, unless told otherwise", () => {
    const groups = (filter?: boolean) =>
      createOptimizer({ ...args, weightDecay: 0.1 }, small(), filter).paramGroups.map(
        ({ weightDecay, params }) => [weightDecay, ...params.map(({ name }) => name)],
      );
    expect(groups()).toEqual([
      [0, "fc.bias"],
      [0.1, "fc.weight"],
    ]);
    expect(groups(false)).toEqual([[0.1, "fc.weight", "fc.bias"]]);
  });

  test("a learning rate of null is the optimizer's own", () => {
    expect(createOptimizer({ ...args, lr: null }, small()).paramGroups[0]?.lr).toBe(1e-3);
  });

  test("the name's case does not matter", () => {
    expect(createOptimizer({ ...args, opt: "AdamW" }, small()).name).toBe("adamw");
    expect(createOptimizer({ ...args, opt: "Lookahead_AdamW" }, small()).name).toBe("lookahead_adamw");
  });

  test.each<[object, string]>([
    [{ opt: "admaw" }, 'opt must be one of NAMES, got "admaw"; did you mean "adamw"?'],
    [{ opt: "lookahead_admaw" }, 'opt must be one of NAMES, got "lookahead_admaw"; did you mean "adamw"?'],
    [{ lr: Number.NaN }, "lr must be a number >= 0, got NaN"],
    [{ lr: -1 }, "lr must be a number >= 0, got -1"],
    [{ lr: "0.1" }, 'lr must be a number >= 0, got "0.1"'],
    [{ weightDecay: undefined }, "weightDecay must be a number >= 0, got undefined"],
    [{ weightDecay: -0.1 }, "weightDecay must be a number >= 0, got -0.1"],
    [{ opt: "sgd", momentum: 1 }, "momentum must be a number in [0, 1), got 1"],
    [{ optBetas: [0.9] }, "betas must be two numbers in [0, 1), got [0.9]"],
    [{ optEps: -1 }, "eps must be a number >= 0, got -1"],
    [{ optEps: Number.NaN }, "eps must be a number >= 0, got NaN"],
    [
      { opt: "adafactor", optKwargs: { clipThreshold: Number.NaN } },
      "clipThreshold must be a number > 0, got NaN",
    ],
    [
      { opt: "nadam", optKwargs: { momentumDecay: Number.NaN } },
      "momentumDecay must be a number >= 0, got NaN",
    ],
    [{ layerDecay: Number.NaN }, "layerDecay must be a number > 0 or null, got NaN"],
    [{ layerDecay: 0.5, layerDecayMinScale: -1 }, "layerDecayMinScale must be a number >= 0 or null, got -1"],
    [{ optKwargs: { nesterov: true } }, 'option must be one of betas, eps, got "nesterov"'],
    [
      { optBetas: [0.9, 0.9], optKwargs: { betas: [0.9, 0.99] } },
      'optKwargs must not set "betas" again; leave it out there',
    ],
    [
      { weight_decay: 0.1 },
      "args must have the keys opt, lr, weightDecay, momentum, optEps, optBetas, layerDecay, " +
        'layerDecayMinScale, layerDecayNoOptScale, optKwargs only, got "weight_decay"; did you mean "weightDecay"?',
    ],
  ])("refuses %j", (wrong, message) => {
    const text = `createOptimizer: ${message.replace("NAMES", listOptimizers().join(", "))}`;
    expect(() => createOptimizer({ ...args, ...wrong }, small())).toThrow(new RangeError(text));
  });
});

describe("createOptimizerV2", () => {
  test("takes parameters as one group, and groups with options of their own", () => {
    const [a, b] = [parameter("a", [2]), parameter("b", [2, 2])];
    expect(createOptimizerV2([a, b], { weightDecay: 0.1 }).paramGroups).toEqual([
      { params: [a, b], lr: 1e-3, weightDecay: 0.1, momentum: 0.9, nesterov: true },
    ]);
    const groups = createOptimizerV2(
      [
        { params: [a], lr: 1, momentum: 0 },
        { params: [b], lrScale: 0.5 },
      ],
      {
        opt: "momentum",
        lr: 0.1,
      },
    ).paramGroups;
    expect(groups).toEqual([
      { params: [a], lr: 1, weightDecay: 0, momentum: 0, nesterov: false },
      { params: [b], lr: 0.1, weightDecay: 0, momentum: 0.9, nesterov: false, lrScale: 0.5 },
    ]);
  });

  test("lets a function make the groups of a model", () => {
    const [a, b] = [parameter("a", [2]), parameter("b", [2, 2])];
    const paramGroupFn = () => [{ params: [b], weightDecay: 0.3 }];
    const { paramGroups } = createOptimizerV2(model(a, b), { paramGroupFn, weightDecay: 0.1 });
    expect(paramGroups).toMatchObject([{ params: [b], weightDecay: 0.3 }]);
  });

  test("refuses groups with a scale that is no number", () => {
    const groups = [{ params: [parameter("a", [2])], lrScale: Number.NaN }];
    expect(() => createOptimizerV2(groups)).toThrow(
      new RangeError("createOptimizerV2: lrScale must be a number >= 0, got NaN"),
    );
  });

  test("refuses an option that the optimizer does not have", () => {
    expect(() => createOptimizerV2([], { opt: "sgd", nestrov: true })).toThrow(
      'createOptimizerV2: option must be one of momentum, nesterov, got "nestrov"; did you mean "nesterov"?',
    );
  });
});
