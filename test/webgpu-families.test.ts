/** Whole training steps and evaluations of the built-in families on WebGPU, on a software GPU beside the CPU. */
import { encodeModel, type Graph, lower, lowerGraph, type Tensor } from "@tsimm/autodiff";
import { createModel, listModels, type Model } from "tsimm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSmall, smallNetworks } from "../packages/tsimm/src/models/small-networks.fixture.ts";
import { nativeEngine } from "../packages/tsimm/src/runtime/onnxruntime-node.ts";
import { programOfModel, type TrainingProgram } from "../packages/tsimm/src/runtime/training-program.ts";
import { openSoftwareGpu, type SoftwareGpu } from "./software-gpu.fixture.ts";
import { drawnInputs, largestDifference, relativeDistance } from "./webgpu-runs.fixture.ts";

let gpu: SoftwareGpu;
beforeAll(async () => {
  gpu = await openSoftwareGpu();
});
afterAll(() => gpu.close());

const numClasses = 5;
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** The training program of a model that takes images as bytes, as in training. */
function programOf(model: Model, size: number, batchSize: number): TrainingProgram {
  const images = { batchSize, height: size, width: size, input: "uint8", ...normalization } as const;
  return programOfModel(model, images);
}

/** The tensors of one batch. */
async function feedsOf(model: Model, program: TrainingProgram, size: number, batchSize: number) {
  const pixels = batchSize * size * size * 3;
  // Noise: where patches repeat, pools have ties that rounding decides.
  const images = noise(pixels);
  const targets = new Float32Array(batchSize * model.numClasses);
  for (let image = 0; image < batchSize; image++)
    targets[image * model.numClasses + (image % model.numClasses)] = 1;
  const parameters = model.parameters.map(({ name, shape, data }): [string, Tensor] => {
    // What starts at 0 would hide what it multiplies.
    const seen = data.every((entry) => entry === 0) ? data.map((_, at) => 0.1 + (at % 7) / 10) : data;
    return [name, { dtype: "float32", shape, data: seen }];
  });
  return { ...(await program.feeds({ images, targets }, [0])), ...Object.fromEntries(parameters) };
}

function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 16;
  });
}

/**
 * The same weights, all larger by the distance of two floats: what comes out differs by what rounding makes of it, which
 * may be that an activation crosses the edge of a Relu.
 */
function nudged(feeds: Readonly<Record<string, Tensor>>, { parameters }: Model): Record<string, Tensor> {
  const others = parameters.map(({ name }): [string, Tensor] => {
    const tensor = feeds[name];
    if (!(tensor?.data instanceof Float32Array)) throw new Error(`no ${name}`);
    return [name, { ...tensor, data: tensor.data.map((entry) => entry * (1 + 2 ** -23)) }];
  });
  return { ...feeds, ...Object.fromEntries(others) };
}

async function onCpu(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await (await nativeEngine()).load(encodeModel(graph));
  const outputs = await session.run(feeds);
  await session.close();
  return outputs;
}

/** The smallest model of each family, at a size and a batch that leave normalizations more than a handful of values. */
const families = [
  { name: "test_resnet", size: 64, batchSize: 4 },
  { name: "test_convnext", size: 32, batchSize: 2 },
  { name: "test_vit", size: 32, batchSize: 2, imgSize: 32 },
  { name: "test_efficientnet", size: 64, batchSize: 4 },
  // One activation on the edge of a Relu, which rounding decides, moves its gradients by 7e-5.
  { name: "regnetx_002", size: 64, batchSize: 4, edge: 1e-4 },
];

test.each(families)(
  "a step of $name is that of the CPU",
  { timeout: 600_000 },
  async ({ name, size, batchSize, imgSize, edge = 1e-5 }) => {
    const model = createModel(name, { numClasses, ...(imgSize !== undefined && { imgSize }) });
    const program = programOf(model, size, batchSize);
    const { step } = program;
    const feeds = await feedsOf(model, program, size, batchSize);
    const cpu = lower(step, "ort-cpu").graph;
    const expected = await onCpu(cpu, feeds);
    const rounded = await onCpu(cpu, nudged(feeds, model));
    const results = await gpu.run(encodeModel(lower(step, "ort-webgpu").graph), feeds);
    const gradients = [...step.gradients.values()];
    // Normalizations over few values magnify the last bits of float32 on any machine.
    const bound = Math.max(edge, 3 * relativeDistance(rounded, expected, gradients));
    expect(bound).toBeLessThan(1e-3);
    expect(relativeDistance(results, expected, gradients)).toBeLessThan(bound);
    expect(largestDifference(results[step.loss], expected[step.loss])).toBeLessThan(bound);
    for (const { variance } of step.batchStatistics) {
      expect(largestDifference(results[variance], expected[variance])).toBeLessThan(bound);
    }
  },
);

test("an evaluation is that of the CPU", async () => {
  const model = createModel("test_resnet", { numClasses });
  const graph = model.forwardGraph({ batchSize: 2, height: 32, width: 32, training: false });
  const weights = new Map(model.state.map(({ name, shape, data }) => [name, { shape, data }]));
  const feeds = drawnInputs(graph);
  for (const { name, shape } of graph.inputs) {
    const data = weights.get(name)?.data;
    if (data instanceof Float32Array) feeds[name] = { dtype: "float32", shape, data };
  }
  const expected = await onCpu(graph, feeds);
  const results = await gpu.run(encodeModel(lowerGraph(graph, "ort-webgpu")), feeds);
  for (const { name } of graph.outputs) {
    expect(largestDifference(results[name], expected[name])).toBeLessThan(1e-5);
  }
});

/** Of each family one with the parts that the smallest one lacks. */
const others = ["resnet18d", "resnext50_32x4d", "regnety_002", "mobilenetv3_small_100", "efficientnet_lite0"];

test.each(others)("a step of %s runs without the CPU", async (name) => {
  const { step } = programOf(createModel(name, { numClasses }), 64, 2);
  await gpu.load(encodeModel(lower(step, "ort-webgpu").graph));
});

/** Models made of the parts of smaller ones, or of the small networks below. */
const larger = new RegExp(
  [
    ...[
      "resnet(34|50|101|152)",
      "resnext(26d|50)",
      "seresnet",
      "vit_small",
      "vit_base",
      "deit",
      "swin",
      "vgg",
    ],
    ...["convnext_(tiny|pico|nano|small|base)", "densenet", "efficientnet_(b[1-4]|e[ms])", "efficientnetv2"],
    ...["mixnet", "mobilenetv2", "mobilenetv3_small_0", "mobilenetv4", "regnet[xy]_0(0[468]|16)"],
  ].join("|"),
);

test.each(listModels().filter((name) => !larger.test(name)))(
  "a step of %s has no node without a kernel",
  (name) => {
    const { step } = programOf(createModel(name, { numClasses }), name.startsWith("vit") ? 224 : 160, 1);
    expect(() => lower(step, "ort-webgpu")).not.toThrow();
  },
);

test.each(smallNetworks)("a step of the small network %s has no node without a kernel", (name) => {
  const { step } = programOf(createSmall(name, 44), 44, 2);
  expect(() => lower(step, "ort-webgpu")).not.toThrow();
});

test("a step of shifted windows is that of the CPU", { timeout: 600_000 }, async () => {
  const side = 44;
  const model = createSmall("swin", side);
  const program = programOf(model, side, 2);
  const feeds = await feedsOf(model, program, side, 2);
  const expected = await onCpu(lower(program.step, "ort-cpu").graph, feeds);
  const results = await gpu.run(encodeModel(lower(program.step, "ort-webgpu").graph), feeds);
  expect(relativeDistance(results, expected, [...program.step.gradients.values()])).toBeLessThan(1e-4);
});
