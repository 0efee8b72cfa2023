import { describe, expect, test } from "vitest";
import { paramGroupsLayerDecay } from "../../optim/param-groups.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { createEvaluation } from "../../runtime/evaluation-step.ts";
import { fillGolden, goldenTensor } from "../golden.fixture.ts";
import type { ForwardOutput, Model } from "../model.ts";
import { createModel, modelInfo } from "../registry.ts";

const small = createModel("mobilenetv3_small_100", { numClasses: 25, dropPathRate: 0.2 });
const b0 = createModel("efficientnet_b0", { numClasses: 4, dropPathRate: 0.2 });

const find = (model: Model, name: string) => model.parameters.find((parameter) => parameter.name === name);
const shapeOf = (model: Model, name: string) => find(model, name)?.shape;
const values = (model: Model, name: string) => Array.from(find(model, name)?.data ?? []);
const shapeOfOutput = (model: Model, output: ForwardOutput) =>
  model.forwardGraph({ batchSize: 2, height: 64, width: 96, training: false, output }).outputs[0]?.shape;

describe("starts with", () => {
  test.each([
    ["conv_stem", 9 * 32],
    ["blocks.5.0.conv_dw", 5 * 5],
    ["blocks.5.1.conv_pw", 1152],
    ["blocks.5.1.conv_pwl", 192],
    ["blocks.5.1.se.conv_expand", 1152],
    ["conv_head", 1280],
  ])("variance 2 / fan out of one group in %s", (module, fanOut) => {
    const weights = values(b0, `${module}.weight`);
    const variance = weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length;
    expect(variance * fanOut).toBeGreaterThan(1.8);
    expect(variance * fanOut).toBeLessThan(2.2);
  });

  test("a classifier within 1 / √classes, biases 0, normalizations 1", () => {
    const largest = Math.max(...values(small, "classifier.weight").map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(1 / 5));
    expect(largest).toBeGreaterThan(0.99 / 5);
    const first = (pattern: RegExp) =>
      new Set(
        small.parameters.filter(({ name }) => pattern.test(name)).flatMap(({ data }) => Array.from(data)),
      );
    expect(first(/\.bias$/)).toEqual(new Set([0]));
    expect(first(/bn\d\.weight$/)).toEqual(new Set([1]));
  });
});

test("EfficientNets squeeze to a quarter of the block's input, MobileNetV3 to one of the expanded, in eights", () => {
  const squeezed = (model: Model, block: string) => shapeOf(model, `blocks.${block}.se.conv_reduce.weight`);
  expect(squeezed(b0, "0.0")).toEqual([8, 32, 1, 1]);
  expect(squeezed(b0, "1.0")).toEqual([4, 96, 1, 1]);
  expect(squeezed(b0, "6.0")).toEqual([48, 1152, 1, 1]);
  expect(squeezed(small, "0.0")).toEqual([8, 16, 1, 1]);
  expect(squeezed(small, "2.1")).toEqual([64, 240, 1, 1]);
  expect(squeezed(small, "3.0")).toEqual([32, 120, 1, 1]);
});

test("drop path rises over all blocks and ends a step below its rate", () => {
  const keeps = b0.masks.map(({ name, keep }) => [name.replace(".drop_path.mask", ""), keep]);
  expect(keeps).toEqual(
    [
      ["blocks.1.1", 2] as const,
      ["blocks.2.1", 4] as const,
      ["blocks.3.1", 6] as const,
      ["blocks.3.2", 7] as const,
      ["blocks.4.1", 9] as const,
      ["blocks.4.2", 10] as const,
      ["blocks.5.1", 12] as const,
      ["blocks.5.2", 13] as const,
      ["blocks.5.3", 14] as const,
    ].map(([block, place]) => [block, 1 - (0.2 * place) / 16]),
  );
});

test.each<[string, [string, number, number][]]>([
  [
    "efficientnet_b0",
    [
      ["blocks.0", 16, 2],
      ["blocks.1", 24, 4],
      ["blocks.2", 40, 8],
      ["blocks.4", 112, 16],
      ["blocks.6", 320, 32],
    ],
  ],
  [
    "mobilenetv3_large_100",
    [
      ["blocks.0", 16, 2],
      ["blocks.1", 24, 4],
      ["blocks.2", 40, 8],
      ["blocks.4", 112, 16],
      ["blocks.6", 960, 32],
    ],
  ],
  [
    "mobilenetv3_small_100",
    [
      ["bn1", 16, 2],
      ["blocks.0", 16, 4],
      ["blocks.1", 24, 8],
      ["blocks.3", 48, 16],
      ["blocks.5", 576, 32],
    ],
  ],
  [
    "test_efficientnet",
    [
      ["blocks.0", 16, 2],
      ["blocks.1", 24, 4],
      ["blocks.2", 32, 8],
      ["blocks.3", 48, 16],
      ["blocks.4", 64, 32],
    ],
  ],
])("%s has a feature map before each stride", (name, maps) => {
  const model = createModel(name, { featuresOnly: true });
  expect(model.featureInfo).toEqual(
    maps.map(([module, channels, reduction]) => ({ module, channels, reduction })),
  );
  expect(model.parameters.filter(({ name }) => /^(conv_head|classifier)\./.test(name))).toEqual([]);
});

describe("the head of MobileNetV3", () => {
  test("convolves after the pool: features are narrower than what the classifier sees", () => {
    expect(small.numFeatures).toBe(576);
    expect(shapeOfOutput(small, "features")).toEqual([2, 576, 2, 3]);
    expect(shapeOfOutput(small, "preLogits")).toEqual([2, 1024]);
    expect(shapeOfOutput(small, "logits")).toEqual([2, 25]);
    expect(find(small, "conv_head.bias")?.shape).toEqual([1024]);
  });

  test("keeps its place without a pool", () => {
    const model = createModel("mobilenetv3_small_100", { numClasses: 0, globalPool: "" });
    expect(shapeOfOutput(model, "logits")).toEqual([2, 1024, 2, 3]);
  });

  test("is wider with two pools side by side, and then made so", () => {
    const twice = createModel("mobilenetv3_small_100", { numClasses: 3, globalPool: "catavgmax" });
    expect(shapeOf(twice, "conv_head.weight")).toEqual([1024, 1152, 1, 1]);
    const model = createModel("mobilenetv3_small_100", { numClasses: 3 });
    expect(() => model.resetClassifier(5, "catavgmax")).toThrow(
      new RangeError(
        "mobilenetv3_small_100: globalPool must be one for conv_head.weight of shape [1024, 576, 1, 1], " +
          'got "catavgmax", which needs [1024, 1152, 1, 1]; create the model with it',
      ),
    );
    expect([model.numClasses, shapeOfOutput(model, "logits")]).toEqual([3, [2, 3]]);
    model.resetClassifier(5, "max");
    expect(shapeOfOutput(model, "logits")).toEqual([2, 5]);
  });
});

test("layer decay: an EfficientNet's head goes with the last block, MobileNetV3's with the classifier", () => {
  const scaleOf = (model: Model) => {
    const groups = paramGroupsLayerDecay(model, { weightDecay: 0.05, layerDecay: 0.5 });
    return (name: string) =>
      Math.log2(groups.find(({ params }) => params.some((one) => one.name === name))?.lrScale ?? Number.NaN);
  };
  const names = ["conv_stem.weight", "bn1.weight", "conv_head.weight", "classifier.weight"];
  expect(names.map(scaleOf(b0))).toEqual([-17, -17, -1, 0]);
  expect(["blocks.0.0.bn2.weight", "blocks.6.0.bn3.weight", "bn2.weight"].map(scaleOf(b0))).toEqual([
    ...[-16, -1, -1],
  ]);
  expect(names.map(scaleOf(small))).toEqual([-13, -13, 0, 0]);
  expect(["blocks.0.0.conv_dw.weight", "blocks.5.0.conv.weight"].map(scaleOf(small))).toEqual([-12, -1]);
});

test("preprocessing is that of timm's default weights", () => {
  const imageNet = {
    ...{ inputSize: [3, 224, 224], interpolation: "bicubic", cropPct: 0.875, cropMode: "center" },
    ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  };
  const config = (name: string) => modelInfo(name).pretrainedCfg;
  for (const name of ["efficientnet_b0", "efficientnet_lite0", "mobilenetv3_large_100"]) {
    expect(config(name)).toEqual(imageNet);
  }
  expect(config("mobilenetv3_small_100")).toEqual(imageNet);
  expect(config("test_efficientnet")).toEqual({ ...imageNet, inputSize: [3, 160, 160], cropPct: 0.95 });
});

// Hardly an activation of the golden run is that large.
test("efficientnet_lite0's activations end at 6", async () => {
  const model = createModel("efficientnet_lite0", { numClasses: 2 });
  fillGolden(1, model);
  find(model, "bn2.weight")?.data.fill(100);
  const options = { batchSize: 1, height: 64, width: 64, input: "float32", output: "features" } as const;
  const evaluation = await createEvaluation(await createEngine("native"), model, options);
  const features = await evaluation.run(goldenTensor(1, "input", 3 * 64 * 64, 15), 1);
  await evaluation.close();
  expect([Math.min(...features), Math.max(...features)]).toEqual([0, 6]);
});
