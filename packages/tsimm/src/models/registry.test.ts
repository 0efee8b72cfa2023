import { describe, expect, test } from "vitest";
import { createModel, isModel, listModels, modelInfo } from "./registry.ts";

test("a description agrees with the model", () => {
  const model = createModel("test_resnet", { numClasses: 5 });
  expect(modelInfo("test_resnet", { numClasses: 5 })).toEqual({
    name: "test_resnet",
    parameterCount: model.parameters.reduce((sum, { data }) => sum + data.length, 0),
    numFeatures: 96,
    pretrainedCfg: model.pretrainedCfg,
  });
});

test("names match by glob, in natural order", () => {
  expect(listModels("resnet?8*")).toEqual(["resnet18", "resnet18d"]);
  expect(listModels("resnet.8")).toEqual([]);
  expect(listModels("*50*2*")).toEqual([...["resnext50_32x4d", "seresnext50_32x4d", "wide_resnet50_2"]]);
  expect([isModel("resnet34"), isModel("resnet35"), isModel("toString")]).toEqual([true, false, false]);
});

describe("createModel", () => {
  const create = (options: object = {}) => createModel("test_resnet", { numClasses: 4, ...options });
  const bytes = (options?: object) => create(options).state.map(({ data }) => data);

  test("the same seed gives the same bytes, another seed others", () => {
    expect(bytes({ seed: 7 })).toEqual(bytes({ seed: 7 }));
    expect(bytes()).toEqual(bytes({ seed: 42 }));
    expect(bytes({ seed: 8 })).not.toEqual(bytes({ seed: 7 }));
  });

  test("a tensor's values depend on the seed and its name only", () => {
    const weight = (name: string, numClasses: number) =>
      createModel(name, { numClasses }).parameters.find(({ name }) => name === "layer1.0.conv1.weight")?.data;
    expect(weight("resnet18", 4)).toEqual(weight("resnet18", 9));
  });

  test("convolutions start with variance 2 / fan out, the classifier within 1 / √features", () => {
    const { parameters } = createModel("resnet18", { numClasses: 10 });
    const values = (name: string) => parameters.find((parameter) => parameter.name === name)?.data ?? [];
    const conv = Array.from(values("layer4.1.conv2.weight"));
    const variance = conv.reduce((sum, x) => sum + x * x, 0) / conv.length;
    expect(variance / (2 / (512 * 9))).toBeCloseTo(1, 2);
    for (const name of ["fc.weight", "fc.bias"]) {
      const largest = Math.max(...Array.from(values(name), Math.abs));
      expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(512));
      expect(largest).toBeGreaterThan(0.75 / Math.sqrt(512));
    }
  });

  test.each([
    [true, 0],
    [false, 1],
  ])("with zeroInitLast %s each block ends with weight %d", (zeroInitLast, last) => {
    const weights = create({ zeroInitLast })
      .parameters.filter(({ name }) => /bn\d?\.weight$/.test(name))
      .map(({ name, data }) => [name, data[0]]);
    expect(Object.fromEntries(weights)).toEqual({
      "bn1.weight": 1,
      "layer1.0.bn1.weight": 1,
      "layer1.0.bn2.weight": last,
      "layer2.0.bn1.weight": 1,
      "layer2.0.bn2.weight": last,
      "layer3.0.bn1.weight": 1,
      "layer3.0.bn2.weight": 1,
      "layer3.0.bn3.weight": last,
      "layer4.0.bn1.weight": 1,
      "layer4.0.bn2.weight": last,
    });
  });

  test("buffers start at mean 0, variance 1, no batches, and share the normalizations' arrays", () => {
    const { buffers, batchNormalizations } = create();
    const [first] = batchNormalizations;
    expect(buffers.slice(0, 3)).toEqual([
      { name: "conv1.1.running_mean", shape: [16], data: new Float32Array(16) },
      { name: "conv1.1.running_var", shape: [16], data: new Float32Array(16).fill(1) },
      { name: "conv1.1.num_batches_tracked", shape: [], data: new BigInt64Array(1) },
    ]);
    expect(buffers[0]?.data).toBe(first?.runningMean);
    expect(first).toMatchObject({ module: "conv1.1", momentum: 0.1 });
  });

  test("grey images and any class count", () => {
    const model = create({ inChans: 1, numClasses: 2 });
    expect(model.parameters[0]?.shape).toEqual([16, 1, 3, 3]);
    const { inputs, outputs } = model.forwardGraph({ batchSize: 5, height: 32, width: 48, training: true });
    expect(inputs[0]).toEqual({ name: "input", dtype: "float32", shape: [5, 1, 32, 48] });
    expect(outputs).toEqual([{ name: "logits", dtype: "float32", shape: [5, 2] }]);
  });

  test("carries the preprocessing of timm's default weights", () => {
    expect(modelInfo("resnet18").pretrainedCfg).toEqual({
      inputSize: [3, 224, 224],
      interpolation: "bicubic",
      cropPct: 0.95,
      cropMode: "center",
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
    expect(modelInfo("test_resnet").pretrainedCfg).toMatchObject({
      inputSize: [3, 160, 160],
      mean: [0.5, 0.5, 0.5],
    });
  });

  const options =
    "option must be one of numClasses, inChans, imgSize, globalPool, dropRate, dropPathRate, featuresOnly, " +
    "outIndices, seed, zeroInitLast, bnMomentum, bnEps, splitBn, config";
  test.each<[string, object, string]>([
    [
      "resnet35",
      {},
      `name must be one of ${listModels().join(", ")}, got "resnet35"; did you mean "resnet34"?`,
    ],
    ["resnet18", { numClasses: -1 }, "numClasses must be an integer >= 0, got -1"],
    ["resnet18", { numClasses: 2.5 }, "numClasses must be an integer >= 0, got 2.5"],
    ["resnet18", { inChans: Number.NaN }, "inChans must be an integer >= 1, got NaN"],
    ["resnet18", { numClases: 10 }, `${options}, got "numClases"; did you mean "numClasses"?`],
    ["resnet18", { scriptable: true }, `${options}, got "scriptable"`],
    ["resnet18", { dropRate: 1 }, "dropRate must be a number >= 0 and < 1, got 1"],
    ["resnet18", { dropPathRate: -0.1 }, "dropPathRate must be a number >= 0 and < 1, got -0.1"],
    ["resnet18", { imgSize: 0 }, "imgSize must be an integer >= 1, got 0"],
    ["resnet18", { outIndices: [1] }, "outIndices must come with featuresOnly, got 1 without it"],
  ])("refuses %s with %j", (name, options, message) => {
    expect(() => createModel(name, options)).toThrow(new RangeError(`createModel: ${message}`));
  });

  test.each(["batchSize", "height", "width"])("a graph's %s must be a positive integer", (option) => {
    const options = { batchSize: 1, height: 32, width: 32, training: false, [option]: 0 };
    expect(() => create().forwardGraph(options)).toThrow(
      new RangeError(`test_resnet.forwardGraph: ${option} must be an integer >= 1, got 0`),
    );
  });
});

test("a name that is no text is refused", () => {
  expect(() => createModel(5 as unknown as string)).toThrow(
    new TypeError("createModel: name must be text, got 5"),
  );
});
