/** Steps and evaluations lowered for WebGPU, piece by piece, on a software GPU beside the CPU. */
import {
  float32,
  type Graph,
  GraphBuilder,
  int,
  ints,
  lower,
  lowerGraph,
  trainingGraph,
} from "@tsimm/autodiff";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ortWebgpu } from "../packages/autodiff/src/lower/ort-webgpu.ts";
import { openSoftwareGpu, type SoftwareGpu } from "./software-gpu.fixture.ts";
import { drawnInputs, largestDifference, onCpuAndGpu, relativeDistance } from "./webgpu-runs.fixture.ts";

let gpu: SoftwareGpu;
beforeAll(async () => {
  gpu = await openSoftwareGpu();
});
afterAll(() => gpu.close());

/** Convolutions of an image [3, C, H, W], each by its own filters [K, C/group, R, S]. */
const convolutions: readonly (Convolution & { readonly about: string })[] = [
  { about: "3×3, many filters", x: [40, 6, 7], w: [200, 40, 3, 3], pads: [1, 1, 1, 1] },
  {
    about: "3×3 with strides, many filters",
    x: [40, 8, 8],
    w: [200, 40, 3, 3],
    pads: [1, 1, 1, 1],
    strides: [2, 2],
  },
  { about: "3×3 with strides, odd size", x: [6, 9, 7], w: [5, 6, 3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
  { about: "7×7 with strides", x: [3, 16, 18], w: [8, 3, 7, 7], pads: [3, 3, 3, 3], strides: [2, 2] },
  {
    about: "patches that leave pixels out",
    x: [3, 9, 14],
    w: [7, 3, 4, 4],
    pads: [0, 0, 0, 0],
    strides: [4, 4],
  },
  { about: "1×1 with strides", x: [12, 7, 8], w: [20, 12, 1, 1], pads: [0, 0, 0, 0], strides: [2, 2] },
  {
    about: "dilations and strides",
    x: [5, 11, 12],
    w: [6, 5, 3, 3],
    pads: [2, 1, 0, 2],
    dilations: [2, 1],
    strides: [2, 3],
  },
  { about: "1×1 with pads behind", x: [4, 3, 4], w: [3, 4, 1, 1], pads: [0, 0, 1, 2] },
  { about: "asymmetric pads", x: [4, 8, 9], w: [5, 4, 3, 2], pads: [0, 1, 2, 0] },
  { about: "pads beyond the filter", x: [4, 6, 6], w: [5, 4, 2, 2], pads: [3, 0, 2, 3] },
  { about: "groups of 5 filters", x: [6, 7, 8], w: [10, 3, 3, 3], pads: [1, 1, 1, 1], group: 2 },
  {
    about: "groups of 6 filters",
    x: [6, 7, 8],
    w: [12, 3, 3, 3],
    pads: [1, 1, 1, 1],
    group: 2,
    strides: [2, 2],
  },
  {
    about: "groups of 9 filters",
    x: [4, 7, 8],
    w: [18, 2, 3, 3],
    pads: [1, 0, 1, 2],
    group: 2,
    dilations: [1, 2],
  },
  { about: "depthwise", x: [6, 9, 9], w: [6, 1, 3, 3], pads: [1, 1, 1, 1], group: 6, strides: [2, 2] },
  {
    about: "depthwise 5×5 with dilations",
    x: [6, 9, 9],
    w: [6, 1, 5, 5],
    pads: [4, 4, 4, 4],
    group: 6,
    dilations: [2, 2],
  },
];

/** Shapes and attributes of a convolution. */
interface Convolution {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly pads: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
}

/** One convolution with a bias, of which all gradients are wanted. */
function ofConvolution({ x, w, pads, strides, dilations, group }: Convolution): Graph {
  const builder = new GraphBuilder("conv");
  const input = builder.input("x", "float32", [3, ...x]);
  const values = [input, builder.input("w", "float32", w), builder.input("b", "float32", w.slice(0, 1))];
  const y = builder.op("Conv", values, {
    pads: ints(...pads),
    ...(strides && { strides: ints(...strides) }),
    ...(dilations && { dilations: ints(...dilations) }),
    ...(group !== undefined && { group: int(group) }),
  });
  builder.output(y, "y");
  return builder.build();
}

test.each(convolutions)("a convolution, $about, has the CPU's gradients", async (conv) => {
  const step = trainingGraph(ofConvolution(conv), { loss: "mse", parameters: ["x", "w", "b"] });
  const { expected, results } = await onCpuAndGpu(gpu, step.graph, lower(step, "ort-webgpu").graph);
  expect(largestDifference(results["y"], expected["y"])).toBeLessThan(1e-5);
  for (const name of step.gradients.values()) {
    expect([name, largestDifference(results[name], expected[name])]).toEqual([name, expect.closeTo(0, 5)]);
  }
});

test.each(convolutions.filter(({ about }) => about.includes("many filters")))(
  "a convolution, $about, has them without columns",
  async (conv) => {
    const step = trainingGraph(ofConvolution(conv), { loss: "mse", parameters: ["x", "w"] });
    const lowered = lower(step, "ort-webgpu", { fewBytes: true }).graph;
    expect(lowered.nodes.map(({ op }) => op)).not.toContain("Gather");
    const { expected, results } = await onCpuAndGpu(gpu, step.graph, lowered);
    expect(largestDifference(results["x.grad"], expected["x.grad"])).toBeLessThan(1e-5);
    expect(largestDifference(results["w.grad"], expected["w.grad"])).toBeLessThan(1e-5);
  },
);

test("columns in parts of a few bytes give the same gradient", async () => {
  const conv = { x: [3, 9, 9], w: [8, 3, 3, 3], pads: [0, 1, 2, 1] };
  const step = trainingGraph(ofConvolution(conv), { loss: "mse", parameters: ["w"] });
  const inParts = lower(step, "ort-webgpu", { maxBytes: 4096 }).graph;
  expect(inParts.nodes.length).toBeGreaterThan(lower(step, "ort-webgpu").graph.nodes.length);
  const { expected, results } = await onCpuAndGpu(gpu, step.graph, inParts);
  expect(largestDifference(results["w.grad"], expected["w.grad"])).toBeLessThan(1e-5);
});

describe("a max pool", () => {
  const pools = [
    { about: "ties", pixels: (at: number) => at % 3 },
    { about: "equal pixels", pixels: () => 1 },
    { about: "windows below 0, in padding too", pixels: (at: number) => -1 - ((at * 7) % 11) },
  ];
  test.each(pools)(
    "gives the gradient to the first pixel that won, as PyTorch does: $about",
    async ({ pixels }) => {
      const builder = new GraphBuilder("pool");
      const x = builder.input("x", "float32", [2, 3, 9, 8]);
      const attributes = { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) };
      builder.output(builder.op("MaxPool", [x], attributes), "y");
      const step = trainingGraph(builder.build(), { loss: "mse", parameters: ["x"] });
      const data = Float32Array.from({ length: 2 * 3 * 9 * 8 }, (_, at) => pixels(at));
      const lowered = lower(step, "ort-webgpu").graph;
      const given = { x: float32([2, 3, 9, 8], data) };
      const { expected, results } = await onCpuAndGpu(gpu, step.graph, lowered, given);
      expect(largestDifference(results["x.grad"], expected["x.grad"])).toBeLessThan(1e-6);
    },
  );

  test("is refused where something else reads its indices", () => {
    const builder = new GraphBuilder("pool");
    const x = builder.input("x", "float32", [1, 1, 4, 4]);
    const [y, indices] = builder.ops("MaxPool", [x], { kernel_shape: ints(2, 2) }, 2, { name: "pool" });
    if (!y || !indices) throw new Error("two outputs");
    builder.output(y, "y");
    builder.output(indices, "indices");
    expect(() => lowerGraph(builder.build(), "ort-webgpu")).toThrow(
      'lower: node "pool" (MaxPool with indices) does not run on WebGPU; use --engine native',
    );
  });
});

describe("a batch normalization", () => {
  /** Convolution, normalization, activation and pool, twice, the second without an activation between. */
  const net = (): Graph => {
    const builder = new GraphBuilder("net");
    const parameter = (name: string, shape: readonly number[]) => builder.input(name, "float32", shape);
    const normalized = (name: string, w: readonly number[], from = builder.value("x")) => {
      const y = builder.op("Conv", [from, parameter(`${name}.w`, w)], { pads: ints(1, 1, 1, 1) });
      const channels = w[0] ?? 0;
      const vector = (entry: number) =>
        builder.constant(float32([channels], new Float32Array(channels).fill(entry)));
      const inputs = [y, parameter(`${name}.scale`, [channels]), parameter(`${name}.bias`, [channels])];
      const attributes = { training_mode: int(1), momentum: { type: "float" as const, value: 0 } };
      return builder.op("BatchNormalization", [...inputs, vector(0), vector(1)], attributes, { name });
    };
    parameter("x", [4, 3, 12, 12]);
    const first = builder.op("Relu", [normalized("bn1", [6, 3, 3, 3])]);
    const second = normalized("bn2", [6, 6, 3, 3], first);
    const sum = builder.op("Relu", [builder.op("Add", [first, second])]);
    const third = normalized("bn3", [6, 6, 3, 3], sum);
    const pooled = builder.op("MaxPool", [third], { kernel_shape: ints(3, 3), strides: ints(2, 2) });
    builder.output(builder.op("GlobalAveragePool", [pooled]), "y");
    return builder.build();
  };
  const forward = net();
  const parameters = forward.inputs.map(({ name }) => name);
  const step = trainingGraph(forward, { loss: "mse", parameters });
  const gradients = [...step.gradients.values()];

  test("has the CPU's gradients and statistics", async () => {
    const { expected, results } = await onCpuAndGpu(gpu, step.graph, lower(step, "ort-webgpu").graph);
    expect(relativeDistance(results, expected, gradients)).toBeLessThan(5e-6);
    for (const { mean, variance } of step.batchStatistics) {
      expect(largestDifference(results[mean], expected[mean])).toBeLessThan(1e-5);
      expect(largestDifference(results[variance], expected[variance])).toBeLessThan(1e-5);
    }
  });

  test("has them where its statistics are no outputs", async () => {
    const outputs = step.graph.outputs.filter(({ name }) => !/mean|variance/.test(name));
    expect(outputs).toHaveLength(step.graph.outputs.length - 6);
    const dropped = { ...step, graph: { ...step.graph, outputs }, batchStatistics: [] };
    const { expected, results } = await onCpuAndGpu(gpu, step.graph, lower(dropped, "ort-webgpu").graph);
    expect(relativeDistance(results, expected, gradients)).toBeLessThan(5e-6);
  });

  test("keeps its digits far from 0", async () => {
    const x = drawnInputs(step.graph)["x"];
    if (!(x?.data instanceof Float32Array)) throw new Error("no x");
    const shifted = { x: { ...x, data: x.data.map((pixel) => pixel + 100) } };
    const lowered = lower(step, "ort-webgpu").graph;
    const { expected, results } = await onCpuAndGpu(gpu, step.graph, lowered, shifted);
    for (const { variance } of step.batchStatistics) {
      expect(largestDifference(results[variance], expected[variance])).toBeLessThan(1e-4);
    }
  });
});

test("nodes that run nowhere on WebGPU are refused by name", () => {
  const builder = new GraphBuilder("rounded");
  builder.output(builder.op("Round", [builder.input("x", "float32", [2])], {}, { name: "round" }), "y");
  expect(() => lowerGraph(builder.build(), "ort-webgpu")).toThrow(
    'lower: node "round" (Round) does not run on WebGPU; use --engine native',
  );
});

test("a lowered step has the inputs, the outputs and their order of the step", () => {
  const step = trainingGraph(ofConvolution({ x: [3, 5, 5], w: [2, 3, 3, 3], pads: [0, 0, 0, 0] }), {
    loss: "mse",
    parameters: ["w"],
  });
  const { graph } = ortWebgpu(step);
  expect(graph.inputs).toEqual(step.graph.inputs);
  expect(graph.outputs).toEqual(step.graph.outputs);
});
