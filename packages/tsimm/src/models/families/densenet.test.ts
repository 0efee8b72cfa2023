import { expect, test } from "vitest";
import type { Model } from "../model.ts";
import { createSmall } from "../small-networks.fixture.ts";

const variance = (model: Model, name: string) => {
  const data = Array.from(model.parameters.find((parameter) => parameter.name === name)?.data ?? []);
  return data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
};

test("a DenseNet starts with variance 2 / fan in and a classifier without bias", () => {
  const model = createSmall("densenet", 32);
  const layer = "features.denseblock2.denselayer2";
  const ratios = [
    (variance(model, "features.conv0.weight") * 147) / 2,
    (variance(model, `${layer}.conv1.weight`) * 24) / 2,
    (variance(model, `${layer}.conv2.weight`) * 9 * 32) / 2,
    variance(model, "classifier.weight") * 3 * model.numFeatures,
  ];
  for (const ratio of ratios) {
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }
  expect(variance(model, "classifier.bias")).toBe(0);
});

test("a VGG's wide layers become a convolution where the map is larger than their kernel", () => {
  const graphOf = (side: number) =>
    createSmall("vgg", 36).forwardGraph({ batchSize: 2, height: side, width: side, training: false });
  const kinds = (side: number) =>
    graphOf(side)
      .nodes.filter(({ name }) => name.startsWith("pre_logits"))
      .map(({ op }) => op);
  expect([kinds(28), kinds(36)]).toEqual([
    ["Gemm", "Gemm"],
    ["Conv", "Conv"],
  ]);
  // Smaller maps are spread to it.
  expect(kinds(8)).toEqual(["Gemm", "Gemm"]);
});

test("a distilled DeiT has two classifiers, which change together", () => {
  const model = createSmall("distilled", 32);
  const names = () => model.getClassifier().map(({ name, shape }) => `${name} ${shape}`);
  expect(names()).toEqual([
    "head.weight 10,24",
    "head.bias 10",
    "head_dist.weight 10,24",
    "head_dist.bias 10",
  ]);
  model.resetClassifier(3);
  expect(names()).toEqual(["head.weight 3,24", "head.bias 3", "head_dist.weight 3,24", "head_dist.bias 3"]);
  model.resetClassifier(0);
  expect(names()).toEqual([]);
});
