import { describe, expect, test } from "vitest";
import { ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { compile, type Feeds } from "../run-graph.fixture.ts";
import { tinyNet, tinyParameters } from "../tiny-net.fixture.ts";
import { type TrainingGraph, trainingGraph } from "../training-graph.ts";
import { type LoweringTarget, lower } from "./lower.ts";

const parameters = Object.keys(tinyParameters);

/** Numbers in [-1, 1) for every input. */
function feedsOf({ inputs }: Graph): Feeds {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      Array.from({ length: shape.reduce((product, size) => product * size, 1) }, draw),
    ]),
  );
}

/** Every output of both graphs, within float32's rounding of sums. */
async function expectSameNumbers(actual: TrainingGraph, expected: TrainingGraph): Promise<void> {
  const feeds = feedsOf(expected.graph);
  const results = await (await compile(actual.graph))(feeds);
  const wanted = await (await compile(expected.graph))(feeds);
  expect(Object.keys(results)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    const scale = 1 + Math.max(...values.map(Math.abs));
    for (const [index, value] of values.entries()) {
      expect(Math.abs((results[name]?.[index] ?? Number.NaN) - value), name).toBeLessThan(1e-5 * scale);
    }
  }
}

test("the training graph of the formulas runs on any engine: it is lowered for none", () => {
  const step = trainingGraph(tinyNet(true), { parameters });
  expect(lower(step, "generic")).toBe(step);
  expect(step.graph.nodes.filter(({ domain }) => domain !== "")).toEqual([]);
  expect(step.graph.nodes.filter(({ op }) => op === "HardSigmoid")).toEqual([]);
});

test("tells which gradients came of which node, under the names of the graph", () => {
  const { graph, derivations, gradients } = trainingGraph(tinyNet(true), { parameters });
  const ofNodes = derivations.map(({ node }) => graph.nodes.find(({ name }) => name === node)?.op);
  expect(ofNodes).toEqual(["Gemm", "Flatten", "Relu", "MaxPool", "BatchNormalization", "Conv"]);
  const names = derivations.flatMap(({ ofOutputs, ofInputs }) => [...ofOutputs, ...ofInputs]);
  expect(names.filter((name) => name !== "" && !graph.values.has(name))).toEqual([]);
  // The images have none.
  expect(derivations.at(-1)?.ofInputs).toEqual(["", "conv1.weight.grad"]);
  expect(names).toEqual(expect.arrayContaining([...gradients.values()]));
});

test("keeps every input, output and number on ONNX Runtime's CPU provider", async () => {
  const step = trainingGraph(tinyNet(true), { parameters });
  const lowered = lower(step, "ort-cpu");
  expect(lowered.graph.nodes.map(({ op }) => op)).toEqual(expect.arrayContaining(["HardSigmoid"]));
  expect(lowered.graph.inputs).toEqual(step.graph.inputs);
  expect(lowered.graph.outputs).toEqual(step.graph.outputs);
  expect(lowered).toMatchObject({ gradients: step.gradients, derivations: [] });
  await expectSameNumbers(lowered, step);
});

test("leaves the graph that it is given as it is, and a lowered one too", () => {
  const step = trainingGraph(tinyNet(true), { parameters });
  const before = structuredClone(step.graph.nodes);
  const lowered = lower(step, "ort-cpu");
  expect(step.graph.nodes).toEqual(before);
  expect(lower(lowered, "ort-cpu").graph.nodes).toEqual(lowered.graph.nodes);
});

/** A product of transposed factors, and one of a row; the gradients transpose again. */
function products(): Graph {
  const builder = new GraphBuilder("products");
  const x = builder.input("x", "float32", [2, 3, 4]);
  const w = builder.input("w", "float32", [4, 5]);
  const v = builder.input("v", "float32", [5]);
  const attention = builder.op("MatMul", [x, builder.op("Transpose", [x], { perm: ints(0, 2, 1) })]);
  const mixed = builder.op("MatMul", [builder.op("MatMul", [attention, x]), w]);
  builder.output(builder.op("MatMul", [mixed, v]), "logits");
  return builder.build();
}

test("makes transposed products of the gradients one kernel's, and leaves those of the model", async () => {
  const step = trainingGraph(products(), { parameters: ["w", "v", "x"], loss: "mse" });
  const lowered = lower(step, "ort-cpu");
  const count = ({ graph }: TrainingGraph, op: string) => graph.nodes.filter((node) => node.op === op).length;
  expect(count(step, "FusedMatMul")).toBe(0);
  expect(count(lowered, "FusedMatMul")).toBeGreaterThan(3);
  // That of the model, and the gradient of it.
  expect(count(lowered, "Transpose")).toBe(2);
  await expectSameNumbers(lowered, step);
});

/** A Relu whose input, output and gradient are read more than once, and one that is an output. */
function shared(): Graph {
  const builder = new GraphBuilder("shared");
  const x = builder.input("x", "float32", [2, 6]);
  const w = builder.input("w", "float32", [6]);
  const z = builder.op("Mul", [x, w]);
  const y = builder.op("Relu", [z]);
  builder.output(y, "features");
  const twice = builder.op("Add", [y, builder.op("Mul", [y, z])]);
  builder.output(builder.op("Relu", [builder.op("Add", [twice, z])]), "logits");
  return builder.build();
}

test("values that several nodes read are still the same", async () => {
  const step = trainingGraph(shared(), { parameters: ["w"], loss: "mse", logits: "logits" });
  await expectSameNumbers(lower(step, "ort-cpu"), step);
});

describe.each<LoweringTarget>(["generic", "ort-cpu"])("%s", (target) => {
  test("no gradient passes where y is 0, all do where it is the smallest number", async () => {
    const builder = new GraphBuilder("edge");
    const w = builder.input("w", "float32", [1, 4]);
    builder.output(builder.op("Relu", [w]), "logits");
    const step = lower(trainingGraph(builder.build(), { parameters: ["w"], loss: "mse" }), target);
    const run = await compile(step.graph);
    const { "w.grad": gradient } = await run({ w: [0, -0, 2 ** -126, -1], target: [1, 1, 1, 1] });
    expect(gradient?.map((value) => value === 0)).toEqual([true, true, false, true]);
  });
});

test.each<[string, () => unknown, string]>([
  [
    "an unknown target",
    () => lower(trainingGraph(tinyNet(true), { parameters }), "tpu" as "generic"),
    'lower: target must be one of generic, ort-cpu, ort-webgpu, got "tpu"',
  ],
  [
    "a way that is none",
    () => {
      const choices = { "conv forward x 4,3,16,16 w 8,3,3,3 pads 1,1,1,1": "winograd" };
      return lower(trainingGraph(tinyNet(true), { parameters }), "ort-cpu", { choices });
    },
    'lower: choice for "conv forward x 4,3,16,16 w 8,3,3,3 pads 1,1,1,1" must be one of convolution, joined-columns, blocked-8, got "winograd"',
  ],
  [
    "a way that does not serve the shapes",
    () => {
      const choices = { "conv filters x 4,3,16,16 w 8,3,3,3 pads 1,1,1,1": "depthwise" };
      return lower(trainingGraph(tinyNet(true), { parameters }), "ort-cpu", { choices });
    },
    'lower: choice for "conv filters x 4,3,16,16 w 8,3,3,3 pads 1,1,1,1" must be one of convolution, columns, columns-transposed, split-taps, joined-columns, columns-in-turn, columns-transposed-in-turn, got "depthwise"',
  ],
])("rejects %s", (_, act, message) => {
  expect(act).toThrow(new RangeError(message));
});

test("choices of other sites do not matter: they may be of many models", () => {
  const step = trainingGraph(tinyNet(true), { parameters });
  const choices = { "conv forward x 1,1,1,1 w 1,1,1,1": "winograd" };
  expect(lower(step, "ort-cpu", { choices }).graph).toEqual(lower(step, "ort-cpu").graph);
});
