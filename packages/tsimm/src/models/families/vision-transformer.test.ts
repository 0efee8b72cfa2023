import { describe, expect, test } from "vitest";
import { paramGroupsLayerDecay, paramGroupsWeightDecay } from "../../optim/param-groups.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { createEvaluation } from "../../runtime/evaluation-step.ts";
import { fillGolden, goldenTensor } from "../golden.fixture.ts";
import type { GlobalPool } from "../layers/classifier.ts";
import type { ForwardOutput, Model } from "../model.ts";
import { createModel, type ModelOptions, modelInfo } from "../registry.ts";

const engine = await createEngine("native");
const [imgSize, width] = [48, 64];
const tokens = 1 + (imgSize / 16) ** 2;
const images = goldenTensor(1, "input", 3 * imgSize * imgSize, 15);

function create(options: ModelOptions = {}): Model {
  const model = createModel("test_vit", { numClasses: 5, imgSize, ...options });
  fillGolden(1, model);
  return model;
}

async function outputs(model: Model, output?: ForwardOutput) {
  const options = { batchSize: 1, height: imgSize, width: imgSize, input: "float32" } as const;
  const evaluation = await createEvaluation(engine, model, output ? { ...options, output } : options);
  const tensors = await evaluation.outputs(images, 1);
  await evaluation.close();
  return tensors;
}

async function rows(model: Model, output?: ForwardOutput): Promise<number[][]> {
  const [tensor] = Object.values(await outputs(model, output));
  const values = Array.from(tensor?.data ?? [], Number);
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

const column = (all: number[][], k: number) => all.map((row) => row[k] ?? Number.NaN);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the pools", () => {
  test.each<[GlobalPool, (all: number[][]) => number[]]>([
    ["token", (all) => all[0] ?? []],
    ["avg", (all) => Array.from({ length: width }, (_, k) => mean(column(all.slice(1), k)))],
    ["max", (all) => Array.from({ length: width }, (_, k) => Math.max(...column(all.slice(1), k)))],
    [
      "avgmax",
      (all) =>
        Array.from({ length: width }, (_, k) => {
          const values = column(all.slice(1), k);
          return (mean(values) + Math.max(...values)) / 2;
        }),
    ],
  ])("%s, set after the model is made, reads the normalised tokens", async (pool, expected) => {
    const model = create({ numClasses: 0 });
    const all = await rows(model, "features");
    expect(all.length).toBe(tokens);
    model.resetClassifier(0, pool);
    const [pooled = []] = await rows(model);
    const errors = expected(all).map((value, k) => Math.abs(value - (pooled[k] ?? Number.NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  test("other than token, set when it is made, move the last norm behind them", () => {
    const norms = (globalPool: GlobalPool) =>
      create({ globalPool })
        .state.map(({ name }) => name)
        .filter((name) => /^(fc_)?norm\./.test(name));
    expect(norms("token")).toEqual(["norm.weight", "norm.bias"]);
    expect(norms("avg")).toEqual(["fc_norm.weight", "fc_norm.bias"]);
  });
});

test("features alone are the last three blocks' maps, a classifier tells of all of them", () => {
  const modules = (options: ModelOptions) => create(options).featureInfo.map(({ module }) => module);
  expect(modules({ featuresOnly: true })).toEqual(["blocks.3", "blocks.4", "blocks.5"]);
  expect(modules({ featuresOnly: true, outIndices: [0, -1] })).toEqual(["blocks.0", "blocks.5"]);
  expect(modules({}).length).toBe(6);
});

test("feature maps hold each block's tokens without the class token", async () => {
  const maps = await outputs(create({ featuresOnly: true, outIndices: [-2, -1] }));
  expect(Object.entries(maps).map(([name, { shape }]) => [name, ...shape])).toEqual([
    ["blocks.4", 1, width, 3, 3],
    ["blocks.5", 1, width, 3, 3],
  ]);
  const model = create();
  const normalise = (values: number[]) => {
    const centre = mean(values);
    const scale = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) + 1e-6);
    const weight = model.parameters.find(({ name }) => name === "norm.weight")?.data;
    const bias = model.parameters.find(({ name }) => name === "norm.bias")?.data;
    return values.map((value, k) => ((value - centre) / scale) * (weight?.[k] ?? 0) + (bias?.[k] ?? 0));
  };
  const last = Array.from(maps["blocks.5"]?.data ?? [], Number);
  const token = (at: number) => Array.from({ length: width }, (_, k) => last[k * 9 + at] ?? Number.NaN);
  const features = await rows(model, "features");
  for (let at = 0; at < 9; at++) {
    const expected = features[1 + at] ?? [];
    const errors = normalise(token(at)).map((value, k) => Math.abs(value - (expected[k] ?? Number.NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  }
});

test("starts with narrow normal weights, zero biases, and PyTorch's default for the patches", () => {
  const { parameters } = createModel("vit_tiny_patch16_224", { imgSize: 64 });
  const values = (name: string) =>
    Array.from(parameters.find((parameter) => parameter.name === name)?.data ?? []);
  const deviation = (name: string) => Math.sqrt(mean(values(name).map((value) => value ** 2)));
  for (const name of ["pos_embed", "blocks.3.attn.qkv.weight", "head.weight"]) {
    expect(deviation(name) / 0.02).toBeCloseTo(1, 1);
  }
  expect(deviation("cls_token") / 1e-6).toBeCloseTo(1, 0);
  expect(new Set([...values("head.bias"), ...values("blocks.0.mlp.fc1.bias")])).toEqual(new Set([0]));
  expect(new Set(values("norm.weight"))).toEqual(new Set([1]));
  for (const name of ["patch_embed.proj.weight", "patch_embed.proj.bias"]) {
    const largest = values(name).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(3 * 256));
    expect(largest).toBeGreaterThan(0.9 / Math.sqrt(3 * 256));
  }
});

test("class token and positions have no weight decay, though they have more than one dimension", () => {
  const model = createModel("test_vit");
  const [without] = paramGroupsWeightDecay(model, { weightDecay: 0.05 });
  const names = without?.params.map(({ name }) => name) ?? [];
  expect(names.slice(0, 3)).toEqual(["cls_token", "pos_embed", "patch_embed.proj.bias"]);
  expect(names.filter((name) => /^(?!cls_token|pos_embed).*\.weight$/.test(name))).toEqual(
    names.filter((name) => /norm\d?\.weight$/.test(name)),
  );
  const unfiltered = paramGroupsWeightDecay(model, { weightDecay: 0.05, filterBiasAndBn: false });
  expect(unfiltered[0]?.params.map(({ name }) => name)).toEqual(["cls_token", "pos_embed"]);
});

test("layer decay goes from the embedding over the blocks to the head, the last norm with the last block", () => {
  const groups = paramGroupsLayerDecay(createModel("test_vit"), { weightDecay: 0.05, layerDecay: 0.5 });
  const layer = (name: string) =>
    Math.log2(groups.find(({ params }) => params.some((one) => one.name === name))?.lrScale ?? Number.NaN);
  expect(["pos_embed", "patch_embed.proj.bias"].map(layer)).toEqual([-7, -7]);
  expect(["blocks.0.norm1.weight", "blocks.5.mlp.fc2.weight"].map(layer)).toEqual([-6, -1]);
  expect(["norm.weight", "head.weight"].map(layer)).toEqual([-1, 0]);
  expect(groups[0]?.params.map(({ name }) => name)).toEqual([
    "cls_token",
    "pos_embed",
    "patch_embed.proj.bias",
  ]);
});

describe("the image size", () => {
  test("is fixed when the model is made and becomes its preprocessing's", () => {
    expect(create().parameters.find(({ name }) => name === "pos_embed")?.shape).toEqual([1, tokens, width]);
    expect(modelInfo("test_vit", { imgSize }).pretrainedCfg.inputSize).toEqual([3, imgSize, imgSize]);
    expect(modelInfo("vit_tiny_patch16_224").pretrainedCfg).toEqual({
      ...{ inputSize: [3, 224, 224], interpolation: "bicubic", cropPct: 0.9, cropMode: "center" },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
  });

  test("of other images is refused", () => {
    const graph = () => create().forwardGraph({ batchSize: 1, height: 32, width: 48, training: false });
    expect(graph).toThrow(
      new RangeError("test_vit: images must have 48×48 pixels, got 32×48; create the model with imgSize"),
    );
  });

  test("holds at least one patch", () => {
    expect(() => create({ imgSize: 15 })).toThrow(
      new RangeError("test_vit: imgSize must be at least one patch of 16 pixels, got 15"),
    );
  });
});
