/** Graphs of optimizers against their loops, and on WebGPU against the CPU. */
import { encodeModel, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import { beforeAll, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "../../../../test/software-gpu.fixture.ts";
import type { Parameter } from "../models/model.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { type ClipMode, clipGradients, globalNorm } from "./clip.ts";
import { createOptimizerV2, type OptimizerOptions } from "./create-optimizer.ts";
import { addUpdate, graphSteps } from "./graph-steps.fixture.ts";
import type { Optimizer } from "./optimizer.ts";
import { optimizerOnDevice } from "./optimizer-on-device.ts";
import { listOptimizers } from "./optimizers.ts";

const engine = await createEngine("native");

/** Convolutions, one of them small, vectors, one of them of zeros, a scalar, a classifier. */
const shapes = {
  "conv.weight": [18, 20, 3, 3],
  "mix.weight": [20, 24],
  "depthwise.weight": [7, 3, 3],
  "norm.weight": [18],
  "norm.bias": [18],
  scale: [],
  "fc.weight": [10, 40],
  "fc.bias": [10],
};
const classifier = new Set(["fc.weight", "fc.bias"]);

const normal = (key: string, count: number, deviation: number) => {
  const random = keyedRandom(1, "init", key);
  return Float32Array.from({ length: count }, () => random.normal() * deviation);
};

/** @param mixed - All tensors are in one group, which does not decay. */
function create(
  options: OptimizerOptions,
  mixed = false,
): {
  readonly params: readonly Parameter[];
  readonly optimizer: Optimizer;
} {
  const params = Object.entries(shapes).map(([name, shape]): Parameter => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: normal(name, count, name === "norm.bias" ? 0 : 0.1), grad: null };
  });
  const decays = ({ shape }: Parameter) => !mixed && shape.length > 1;
  const groups = [
    { params: params.filter((parameter) => !decays(parameter)), weightDecay: 0 },
    { params: params.filter(decays), weightDecay: 0.05 },
  ];
  const filled = groups.filter((group) => group.params.length > 0);
  return { params, optimizer: createOptimizerV2(filled, { lr: 0.01, ...options }) };
}

/**
 * Gradients and learning rates of an update.
 *
 * @param untouched - Weights of the first channel that never have a gradient.
 */
function prepare(
  params: readonly Parameter[],
  { paramGroups }: Optimizer,
  step: number,
  untouched = 9,
): void {
  for (const group of paramGroups) group.lr = 0.01 * (1 + Math.cos(step / 10));
  for (const parameter of params) {
    const { name, data } = parameter;
    parameter.grad = normal(`${name}.${step}`, data.length, 0.05);
    if (data.length > untouched) parameter.grad.fill(0, 0, untouched);
  }
}

/** Euclidean distance of two lists of arrays, relative to the first where that is not 0. */
function distance(expected: readonly Float32Array[], actual: readonly Float32Array[]): number {
  let ofExpected = 0;
  let ofDifference = 0;
  for (const [k, array] of expected.entries()) {
    for (const [i, value] of array.entries()) {
      ofExpected += value ** 2;
      ofDifference += (value - (actual[k]?.[i] ?? Number.NaN)) ** 2;
    }
  }
  return Math.sqrt(ofDifference / (ofExpected || 1));
}

/** Weights, and slots of each kind, of an optimizer. */
function stateOf(params: readonly Parameter[], optimizer: Optimizer): Record<string, Float32Array[]> {
  const state: Record<string, Float32Array[]> = { data: params.map(({ data }) => data) };
  for (const [name, slot] of optimizer.stateDict().slots) {
    const kind = name.slice(name.lastIndexOf(".") + 1);
    state[kind] = [...(state[kind] ?? []), slot];
  }
  return state;
}

const clips: readonly { readonly clipGrad: number; readonly clipMode: ClipMode }[] = [
  { clipGrad: 0.7, clipMode: "norm" },
  { clipGrad: 100, clipMode: "norm" },
  { clipGrad: 0.02, clipMode: "value" },
  { clipGrad: 0.1, clipMode: "agc" },
];
const betas = [0.3, 0.2];

interface Variant extends OptimizerOptions {
  readonly opt: string;
  readonly clip?: (typeof clips)[number];
  readonly mixed?: boolean;
}
const variants: readonly Variant[] = [
  ...listOptimizers().map((opt) => ({ opt })),
  { opt: "lookahead_adamw" },
  { opt: "lookahead_muon", mixed: true, nsSteps: 2 },
  { opt: "adafactor", relativeStep: true },
  { opt: "adabelief", betas, amsgrad: true, decoupledDecay: false },
  { opt: "adabelief", fixedDecay: true, eps: 0 },
  { opt: "radabelief", betas: [0.9, 0.99], degeneratedToSgd: false },
  { opt: "adam", betas, eps: 0 },
  { opt: "adamp", betas, delta: 9, eps: 0, mixed: true },
  { opt: "adamp", delta: 2, caution: true, nesterov: false },
  { opt: "adan", betas: [0.3, 0.2, 0.4] },
  { opt: "adopt", betas, clipExp: null, eps: 0.01 },
  { opt: "adoptw", correctedWeightDecay: true },
  { opt: "lamb", betas, alwaysAdapt: true, biasCorrection: false, maxGradNorm: null },
  { opt: "larc", alwaysAdapt: true, momentum: 0 },
  { opt: "lion", betas },
  { opt: "mars", marsType: "lion", caution: true },
  { opt: "mars", betas, betas1d: [0.6, 0.7], lr1dFactor: 0.5, mixed: true },
  { opt: "mars", marsType: "lion", gamma: 1, mixed: true },
  { opt: "laprop", betas, mixed: true },
  { opt: "lookahead_madgradw" },
  { opt: "madgrad", momentum: 0 },
  { opt: "muon", mixed: true, convMode: "batched", scaleEps: true, nsSteps: 2 },
  { opt: "nadamuon", mixed: true, adjustLrFn: "rms_to_rms", fallbackLrScale: 0.3, nsSteps: 2 },
  { opt: "nadam", momentumDecay: 0.5 },
  { opt: "novograd", gradAveraging: true, amsgrad: true },
  { opt: "rmsproptf", decoupledDecay: true, momentum: 0 },
  { opt: "sgd", momentum: 0 },
  { opt: "sgdp", delta: 2, dampening: 0.2 },
  ...clips.flatMap((clip) => ["sgd", "lamb"].map((opt) => ({ opt, clip }))),
];
const cases = variants.map((variant) => {
  const { clip, mixed, ...options } = variant;
  return { name: JSON.stringify(variant).replaceAll('"', ""), options, clip, mixed };
});

test.each(cases)("30 updates by the graph are those of the loop: $name", async ({ options, clip, mixed }) => {
  const [loop, graph] = [create(options, mixed), create(options, mixed)];
  // By its formula, a weight without gradients and eps is 0/0.
  const untouched = options["eps"] === 0 ? 0 : 9;
  const steps = await graphSteps(engine, graph.optimizer, { ...clip, unclipped: classifier });
  for (let step = 1; step <= 30; step++) {
    for (const { params, optimizer } of [loop, graph]) prepare(params, optimizer, step, untouched);
    const norm = clip === undefined ? globalNorm(loop.params) : clipGradients(loop.params, clip);
    loop.optimizer.step();
    expect(await steps.step()).toBeCloseTo(norm, 5);
  }
  await steps.close();
  const [expected, actual] = [loop, graph].map(({ params, optimizer }) => stateOf(params, optimizer));
  const slotNames = ({ optimizer }: typeof loop) => [...optimizer.stateDict().slots.keys()];
  expect(slotNames(graph)).toEqual(slotNames(loop));
  expect(graph.optimizer.stateDict().steps).toBe(30);
  for (const [kind, arrays] of Object.entries(expected ?? {})) {
    // The loop computes in float64 and keeps float32.
    expect([kind, distance(arrays, actual?.[kind] ?? [])]).toEqual([kind, below(5e-6)]);
  }
});

test.each(cases)("scalars have the same names in every update, and are finite: $name", ({ options }) => {
  const { definition, paramGroups } = optimizerOnDevice("test", create(options).optimizer);
  for (const group of paramGroups) {
    const first = Object.keys(definition.graph?.scalars(group, 1) ?? {});
    expect(first.length).toBeGreaterThan(0);
    for (const [step, lr] of [
      [1, 0],
      [7, 1e-3],
      [1e7, 1],
    ] as const) {
      const scalars = definition.graph?.scalars({ ...group, lr }, step) ?? {};
      expect(Object.keys(scalars)).toEqual(first);
      expect(Object.values(scalars).every((value) => Number.isFinite(Math.fround(value)))).toBe(true);
    }
  }
});

const below = (bound: number) => expect.toSatisfy((value: number) => value < bound, `below ${bound}`);

describe("on WebGPU, no node on the CPU", () => {
  /** Updates of all variants, in one graph: a kernel that several of them have is compiled once. */
  let outputs: readonly Readonly<Record<string, Tensor>>[];

  beforeAll(async () => {
    const builder = new GraphBuilder("all");
    const feeds: Record<string, Tensor> = {};
    for (const { name, options, clip, mixed } of cases) {
      const { params, optimizer } = create(options, mixed);
      for (let step = 1; step <= 7; step++) {
        prepare(params, optimizer, step, 0);
        if (step < 7) optimizer.step();
      }
      const nodes = addUpdate(builder, name, optimizer, { ...clip, unclipped: classifier });
      Object.assign(feeds, nodes.feeds());
    }
    const model = encodeModel(builder.build());
    const session = await engine.load(model);
    const gpu = await openSoftwareGpu();
    try {
      outputs = [await session.run(feeds), await gpu.run(model, feeds)];
    } finally {
      gpu.close();
      await session.close();
    }
  }, 120_000);

  test.each(cases)("moves as on the CPU: $name", ({ name }) => {
    const [onCpu, onGpu] = outputs.map((all) =>
      Object.entries(all).filter(([output]) => output.startsWith(`${name}.`)),
    );
    expect(onGpu?.map(([output]) => output)).toEqual(onCpu?.map(([output]) => output));
    for (const [i, [output, { data }]] of onCpu?.entries() ?? []) {
      const other = onGpu?.[i]?.[1].data;
      if (!(data instanceof Float32Array && other instanceof Float32Array)) throw new TypeError(output);
      expect([output, distance([data], [other])]).toEqual([output, below(1e-6)]);
    }
  });
});
