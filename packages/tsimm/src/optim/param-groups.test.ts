import { describe, expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { type ParamGroupInput, paramGroupsLayerDecay, paramGroupsWeightDecay } from "./param-groups.ts";

const sizes = (groups: readonly ParamGroupInput[]) => groups.map(({ params }) => params.length);

test.each([
  ["resnet18", [41, 21]],
  ["resnet34", [73, 37]],
  ["resnet50", [107, 54]],
  ["convnext_atto", [87, 41]],
])("%s splits into tensors without and with weight decay as in timm", (name, expected) => {
  const groups = paramGroupsWeightDecay(createModel(name), { weightDecay: 0.05 });
  expect(sizes(groups)).toEqual(expected);
  expect(groups.map(({ weightDecay }) => weightDecay)).toEqual([0, 0.05]);
});

describe("on a small model", () => {
  const model = createModel("test_resnet", { numClasses: 4 });

  test("there is one group without weight decay, or without the filter", () => {
    expect(paramGroupsWeightDecay(model, { weightDecay: 0 })).toEqual([
      { params: model.parameters, weightDecay: 0 },
    ]);
    expect(paramGroupsWeightDecay(model, { weightDecay: 0.1, filterBiasAndBn: false })).toEqual([
      { params: model.parameters, weightDecay: 0.1 },
    ]);
  });

  test("layers below a scale are frozen, and no scale falls below its minimum", () => {
    const options = { weightDecay: 0.1, layerDecay: 0.5 };
    const scales = (more: object) =>
      paramGroupsLayerDecay(model, { ...options, ...more }).map(({ lrScale }) => lrScale);
    expect(scales({ layerDecayMinScale: 0.2 })).toEqual([
      0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.25, 0.25, 0.5, 0.5, 1, 1,
    ]);
    expect(scales({ layerDecayNoOptScale: 0.25 })).toEqual([0.25, 0.25, 0.5, 0.5, 1, 1]);
  });
});

test("scales of layers are Python's powers to the last bit", () => {
  const groups = paramGroupsLayerDecay(createModel("test_vit"), { weightDecay: 0.1, layerDecay: 0.7 });
  expect([...new Set(groups.map(({ lrScale }) => lrScale))]).toEqual([
    ...[0.08235429999999996, 0.11764899999999996, 0.16806999999999994, 0.24009999999999995],
    ...[0.3429999999999999, 0.48999999999999994, 0.7, 1],
  ]);
});

test("ConvNeXt's layers are the stem, each block with the downsampling before it, and the head", () => {
  const groups = paramGroupsLayerDecay(createModel("convnext_atto"), { weightDecay: 0.05, layerDecay: 0.5 });
  const layer = (name: string) =>
    Math.log2(groups.find(({ params }) => params.some((one) => one.name === name))?.lrScale ?? Number.NaN);
  expect(layer("stem.1.bias")).toBe(-13);
  expect(layer("stages.0.blocks.0.gamma")).toBe(-12);
  expect(layer("stages.1.downsample.1.weight")).toBe(-10);
  expect(layer("stages.1.blocks.0.conv_dw.bias")).toBe(-10);
  expect(layer("stages.3.blocks.1.mlp.fc2.weight")).toBe(-1);
  expect(layer("head.norm.weight")).toBe(0);
});

test("resnet34 has 18 layers, in 36 groups, its stem scaled by 0.75^17", () => {
  const model = createModel("resnet34");
  const groups = paramGroupsLayerDecay(model, { weightDecay: 0.05, layerDecay: 0.75 });
  expect(groups.length).toBe(36);
  expect(new Set(groups.map(({ lrScale }) => lrScale)).size).toBe(18);
  expect(groups.flatMap(({ params }) => params).length).toBe(model.parameters.length);
  const described = groups.map(({ params, lrScale, weightDecay }) => [params[0]?.name, lrScale, weightDecay]);
  expect(described.slice(0, 3)).toEqual([
    ["conv1.weight", 0.75 ** 17, 0.05],
    ["bn1.weight", 0.75 ** 17, 0],
    ["layer1.0.conv1.weight", 0.75 ** 16, 0.05],
  ]);
  expect(described.slice(-2)).toEqual([
    ["fc.weight", 1, 0.05],
    ["fc.bias", 1, 0],
  ]);
});
