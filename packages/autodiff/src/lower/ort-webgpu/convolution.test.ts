import { describe, expect, test } from "vitest";
import { int, ints } from "../../graph/attributes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { elementCount } from "../../graph/tensor.ts";
import { meanSquaredError } from "../../losses/mean-squared-error.ts";
import { compile, type Feeds } from "../../run-graph.fixture.ts";
import { type TrainingGraph, trainingGraph } from "../../training-graph.ts";
import { lower } from "../lower.ts";

interface Geometry {
  /** [B, C, H, W]. */
  readonly x: readonly number[];
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly groups?: number;
  readonly bias?: boolean;
}

/** A depthwise convolution by single pixels, so that the other one has a gradient by its input. */
function stepOf(geometry: Geometry): TrainingGraph {
  const { x: shape, filters, kernel, groups = 1, bias = false } = geometry;
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = geometry;
  const [, channels = 0] = shape;
  const builder = new GraphBuilder("convolution");
  const x = builder.input("x", "float32", shape);
  const scale = builder.input("scale", "float32", [channels, 1, 1, 1]);
  const w = builder.input("w", "float32", [filters, channels / groups, ...kernel]);
  const b = bias ? builder.input("b", "float32", [filters]) : null;
  const scaled = builder.op("Conv", [x, scale], { group: int(channels) });
  const attributes = {
    ...{ kernel_shape: ints(...kernel), strides: ints(...strides), dilations: ints(...dilations) },
    ...{ pads: ints(...pads), group: int(groups) },
  };
  builder.output(builder.op("Conv", [scaled, w, b], attributes), "y");
  const parameters = ["scale", "w", ...(bias ? ["b"] : [])];
  return trainingGraph(builder.build(), { parameters, loss: meanSquaredError() });
}

function feedsOf({ graph }: TrainingGraph): Feeds {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, Float32Array.from({ length: elementCount(shape) }, draw)]),
  );
}

async function expectSameNumbers(step: TrainingGraph, lowered: TrainingGraph): Promise<void> {
  const feeds = feedsOf(step);
  const wanted = await (await compile(step.graph))(feeds);
  const results = await (await compile(lowered.graph))(feeds);
  expect(Object.keys(results)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    const scale = Math.max(...values.map(Math.abs));
    const off = values.map((value, index) => Math.abs((results[name]?.[index] ?? Number.NaN) - value));
    expect(Math.max(...off), name).toBeLessThan(1e-5 * scale);
  }
}

const geometries: readonly (readonly [string, Geometry])[] = [
  ["3x3", { x: [2, 4, 9, 9], filters: 8, kernel: [3, 3], pads: [1, 1, 1, 1], bias: true }],
  ["channels that do not divide by 4", { x: [2, 5, 7, 6], filters: 3, kernel: [3, 2], pads: [1, 0, 1, 1] }],
  [
    "stride 2, odd size",
    { x: [3, 4, 11, 8], filters: 6, kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  ],
  ["a stem", { x: [2, 3, 17, 17], filters: 8, kernel: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] }],
  ["pixels that no window sees", { x: [2, 4, 8, 8], filters: 4, kernel: [2, 2], strides: [3, 3] }],
  ["unequal strides", { x: [2, 4, 9, 9], filters: 4, kernel: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] }],
  ["dilation", { x: [2, 4, 10, 10], filters: 4, kernel: [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3] }],
  ["pads wider than the filter", { x: [2, 4, 6, 6], filters: 4, kernel: [3, 3], pads: [3, 3, 3, 3] }],
  ["1x1", { x: [2, 8, 6, 6], filters: 4, kernel: [1, 1], bias: true }],
  ["1x1 over 49 pixels", { x: [4, 8, 7, 7], filters: 12, kernel: [1, 1] }],
  ["1x1, stride 2", { x: [2, 8, 9, 9], filters: 8, kernel: [1, 1], strides: [2, 2] }],
  ["one image", { x: [1, 4, 5, 5], filters: 4, kernel: [3, 3], pads: [1, 1, 1, 1] }],
  ["5 filters a group", { x: [2, 6, 6, 6], filters: 10, kernel: [3, 3], pads: [1, 1, 1, 1], groups: 2 }],
  [
    "9 filters a group, stride 2",
    { x: [2, 6, 9, 9], filters: 18, kernel: [3, 3], strides: [2, 2], groups: 2 },
  ],
  ["depthwise", { x: [2, 6, 9, 9], filters: 6, kernel: [5, 5], pads: [2, 2, 2, 2], groups: 6 }],
  ["depthwise, two filters a channel", { x: [2, 6, 8, 8], filters: 12, kernel: [3, 3], groups: 6 }],
];

describe("a convolution and its gradients by products of columns are those of the formula", () => {
  test.each(geometries)("%s", async (_, geometry) => {
    const step = stepOf(geometry);
    await expectSameNumbers(step, lower(step, "ort-webgpu"));
  });
});

describe("a limit on tensors", () => {
  const step = stepOf({ x: [8, 8, 12, 12], filters: 8, kernel: [3, 3], pads: [1, 1, 1, 1] });
  const largest = ({ graph }: TrainingGraph) =>
    Math.max(...[...graph.values.values()].map(({ shape }) => 4 * elementCount(shape)));
  const ofImages = 4 * 8 * 8 * 14 * 14;

  test("is kept by columns of some images at a time", async () => {
    const lowered = lower(step, "ort-webgpu", { maxBytes: 2 * ofImages });
    expect(largest(lower(step, "ort-webgpu"))).toBeGreaterThan(2 * ofImages);
    expect(largest(lowered)).toBeLessThanOrEqual(2 * ofImages);
    await expectSameNumbers(step, lowered);
  });

  test("below the columns of one image gives them one by one", async () => {
    await expectSameNumbers(step, lower(step, "ort-webgpu", { maxBytes: 1000 }));
  });
});

test("a product with few numbers and a long sum is computed in parts", async () => {
  const builder = new GraphBuilder("linear");
  const x = builder.input("x", "float32", [2048, 8]);
  const w = builder.input("w", "float32", [12, 8]);
  builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
  const step = trainingGraph(builder.build(), { parameters: ["w"], loss: meanSquaredError() });
  const lowered = lower(step, "ort-webgpu");
  const parts = lowered.graph.nodes.filter(
    ({ op, inputs }) => op === "MatMul" && lowered.graph.values.get(inputs[0] ?? "")?.shape.length === 3,
  );
  expect(parts).toHaveLength(1);
  expect(lowered.graph.nodes.filter(({ op }) => op === "Gemm")).toEqual([]);
  await expectSameNumbers(step, lowered);
});
