import { describe, expect, test } from "vitest";
import { createEngine } from "../runtime/create-engine.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { fillGolden, goldenTensor } from "./golden.fixture.ts";
import type { ForwardOutput, Model } from "./model.ts";
import { createModel, type ModelOptions } from "./registry.ts";

const engine = await createEngine("native");
const [batchSize, side] = [2, 64];
const images = goldenTensor(1, "input", batchSize * 3 * side * side, 15);

function create(options: ModelOptions = {}, name = "test_resnet"): Model {
  const model = createModel(name, { numClasses: 5, ...options });
  fillGolden(1, model);
  return model;
}

async function outputs(model: Model, output?: ForwardOutput) {
  const options = { batchSize, height: side, width: side, input: "float32" } as const;
  const evaluation = await createEvaluation(engine, model, output ? { ...options, output } : options);
  const tensors = await evaluation.outputs(images, batchSize);
  await evaluation.close();
  return tensors;
}

async function only(model: Model, output?: ForwardOutput): Promise<number[]> {
  const [tensor] = Object.values(await outputs(model, output));
  return Array.from(tensor?.data ?? [], Number);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const errors = actual.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)));
  expect(Math.max(...errors)).toBeLessThan(1e-5);
}

/** Mean or maximum of each of the maps behind each other. */
function pooled(maps: readonly number[], size: number, kind: "mean" | "max"): number[] {
  return Array.from({ length: maps.length / size }, (_, i) => {
    const map = maps.slice(i * size, (i + 1) * size);
    return kind === "max" ? Math.max(...map) : map.reduce((sum, value) => sum + value, 0) / size;
  });
}

describe("a forward graph", () => {
  test("yields features, what the classifier sees of them, and logits", async () => {
    const model = create();
    const { features } = await outputs(model, "features");
    expect(features?.shape).toEqual([batchSize, 96, 2, 2]);
    const maps = Array.from(features?.data ?? [], Number);
    expectClose(await only(model, "preLogits"), pooled(maps, 4, "mean"));
    const [weight, bias] = model.getClassifier();
    const logits = pooled(maps, 4, "mean");
    const expected = Array.from({ length: batchSize * 5 }, (_, i) => {
      const [image, label] = [Math.floor(i / 5), i % 5];
      const row = Array.from(weight?.data.subarray(label * 96, (label + 1) * 96) ?? []);
      return row.reduce(
        (sum, w, k) => sum + w * (logits[image * 96 + k] ?? Number.NaN),
        bias?.data[label] ?? 0,
      );
    });
    expectClose(await only(model), expected);
  });

  test.each<[NonNullable<ModelOptions["globalPool"]>, (maps: number[]) => number[]]>([
    ["avg", (maps) => pooled(maps, 4, "mean")],
    ["fast", (maps) => pooled(maps, 4, "mean")],
    ["max", (maps) => pooled(maps, 4, "max")],
    [
      "avgmax",
      (maps) => pooled(maps, 4, "max").map((max, i) => (max + (pooled(maps, 4, "mean")[i] ?? 0)) / 2),
    ],
    [
      "catavgmax",
      (maps) =>
        [maps.slice(0, 384), maps.slice(384)].flatMap((image) => [
          ...pooled(image, 4, "mean"),
          ...pooled(image, 4, "max"),
        ]),
    ],
    ["", (maps) => maps],
  ])("pools by %j", async (globalPool, expected) => {
    const model = create({ numClasses: 0, globalPool });
    expect(model.getClassifier()).toEqual([]);
    expectClose(await only(model), expected(await only(model, "features")));
  });
});

describe("featuresOnly", () => {
  const reductions = [2, 4, 8, 16, 32];

  test("yields the maps of a whole model, from the finest to the coarsest", async () => {
    const model = create({ featuresOnly: true });
    expect(model.featureInfo).toEqual(
      ["act1", "layer1", "layer2", "layer3", "layer4"].map((module, i) => ({
        module,
        channels: [32, 32, 48, 192, 96][i],
        reduction: reductions[i],
      })),
    );
    const maps = await outputs(model);
    expect(Object.entries(maps).map(([name, { shape }]) => [name, ...shape])).toEqual(
      model.featureInfo.map(({ module, channels, reduction }) => [
        module,
        batchSize,
        channels,
        side / reduction,
        side / reduction,
      ]),
    );
    expect(Array.from(maps["layer4"]?.data ?? [], Number)).toEqual(await only(create(), "features"));
  });

  test("holds only the tensors on the way to what is asked for", async () => {
    const model = create({ featuresOnly: true, outIndices: [1, -3] });
    expect(model.featureInfo.map(({ module }) => module)).toEqual(["layer1", "layer2"]);
    const modules = new Set(model.state.map(({ name }) => name.split(".")[0]));
    expect([...modules]).toEqual(["conv1", "bn1", "layer1", "layer2"]);
    expect([model.numClasses, model.getClassifier()]).toEqual([0, []]);
    expect(model.buffers.length).toBe(3 * model.batchNormalizations.length);
    const [all, some] = [await outputs(create({ featuresOnly: true })), await outputs(model)];
    expect(some).toEqual({ layer1: all["layer1"], layer2: all["layer2"] });
  });

  test.each([[5], [-6], [0.5]])("refuses map %d of five", (index) => {
    expect(() => create({ featuresOnly: true, outIndices: [index] })).toThrow(
      new RangeError(`test_resnet: outIndices must be integers from -5 to 4, got ${index}`),
    );
  });

  test("resnet34 at 224 pixels", () => {
    const graph = createModel("resnet34", { featuresOnly: true, outIndices: [2, 3, 4] }).forwardGraph({
      ...{ batchSize: 1, height: 224, width: 224, training: false },
    });
    expect(graph.outputs.map(({ shape }) => shape)).toEqual([
      [1, 128, 28, 28],
      [1, 256, 14, 14],
      [1, 512, 7, 7],
    ]);
  });
});

describe("resetClassifier", () => {
  test("changes the classifier and nothing else", async () => {
    const model = create();
    const before = model.state;
    model.resetClassifier(7);
    expect(model.numClasses).toBe(7);
    expect(model.getClassifier().map(({ name, shape }) => [name, ...shape])).toEqual([
      ["fc.weight", 7, 96],
      ["fc.bias", 7],
    ]);
    expect(model.state.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    const changed = model.state.filter((tensor, i) => tensor.data !== before[i]?.data);
    expect(changed).toEqual(model.getClassifier());
    expect((await outputs(model))["logits"]?.shape).toEqual([batchSize, 7]);
  });

  test("a new classifier is that of a new model", () => {
    const model = create();
    model.resetClassifier(7);
    expect(model.getClassifier()).toEqual(createModel("test_resnet", { numClasses: 7 }).getClassifier());
  });

  test("without classes the model yields pooled features, with another pool if asked", async () => {
    const model = create();
    const features = await only(model, "features");
    model.resetClassifier(0);
    expectClose(await only(model), pooled(features, 4, "mean"));
    model.resetClassifier(0, "max");
    expectClose(await only(model), pooled(features, 4, "max"));
    model.resetClassifier(3);
    expectClose(await only(model, "preLogits"), pooled(features, 4, "max"));
  });

  test.each<[number, Parameters<Model["resetClassifier"]>[1], string]>([
    [-1, undefined, "numClasses must be an integer >= 0, got -1"],
    [3, "", "numClasses must be 0 without pooling, got 3; set globalPool"],
    [3, "token", 'globalPool must be one of avg, fast, max, avgmax, catavgmax, "", got "token"'],
  ])("refuses %d classes with pool %j", (numClasses, pool, message) => {
    expect(() => create().resetClassifier(numClasses, pool)).toThrow(
      new RangeError(`test_resnet: ${message}`),
    );
  });
});
