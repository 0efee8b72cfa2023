import { expect, test } from "vitest";
import { paramGroupsLayerDecay } from "../../optim/param-groups.ts";
import { createModel, modelInfo } from "../registry.ts";

const model = createModel("regnety_002", { numClasses: 4, dropPathRate: 0.24 });
const find = (name: string) => model.parameters.find((parameter) => parameter.name === name);
const deviation = (name: string) => {
  const weights = Array.from(find(name)?.data ?? []);
  return Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
};

test("widths and depths follow from the design parameters", () => {
  const [initial, slope, factor, blocks] = [24, 36.44, 2.49, 13];
  const widths = Array.from({ length: blocks }, (_, block) => {
    const power = Math.round(Math.log((initial + slope * block) / initial) / Math.log(factor));
    return 8 * Math.round((initial * factor ** power) / 8);
  });
  const last = model.parameters.filter(({ name }) => name.endsWith(".conv3.conv.weight"));
  expect(last.map(({ shape }) => shape[0])).toEqual(widths);
  expect(last.map(({ name }) => name.split(".").slice(0, 2).join("."))).toEqual([
    ...["s1.b1", "s2.b1", "s3.b1", "s3.b2", "s3.b3", "s3.b4"],
    ...["s4.b1", "s4.b2", "s4.b3", "s4.b4", "s4.b5", "s4.b6", "s4.b7"],
  ]);
});

test("groups are 8 channels wide, squeezing is to a quarter of the block's input", () => {
  expect(find("s4.b1.conv2.conv.weight")?.shape).toEqual([368, 8, 3, 3]);
  expect(find("s4.b1.se.fc1.weight")?.shape).toEqual([38, 368, 1, 1]);
  expect(find("s4.b2.se.fc1.weight")?.shape).toEqual([92, 368, 1, 1]);
});

test("starts with variance 2 / fan out of one group, a narrow classifier, biases and last norms 0", () => {
  expect(deviation("s4.b2.conv1.conv.weight") / Math.sqrt(2 / 368)).toBeCloseTo(1, 1);
  expect(deviation("s4.b2.conv2.conv.weight") / Math.sqrt(2 / (9 * 8))).toBeCloseTo(1, 1);
  expect(deviation("s4.b2.se.fc2.weight") / Math.sqrt(2 / 368)).toBeCloseTo(1, 1);
  expect(deviation("head.fc.weight") / 0.01).toBeCloseTo(1, 1);
  expect(["head.fc.bias", "s4.b2.se.fc2.bias", "s4.b2.conv3.bn.weight"].map(deviation)).toEqual([0, 0, 0]);
  expect(["s4.b2.conv2.bn.weight", "s4.b1.downsample.bn.weight"].map(deviation)).toEqual([1, 1]);
  const plain = createModel("regnety_002", { numClasses: 4, zeroInitLast: false });
  const last = plain.parameters.find(({ name }) => name === "s4.b2.conv3.bn.weight");
  expect(new Set(last?.data)).toEqual(new Set([1]));
});

test("drop path rises from block to block over all stages", () => {
  expect(model.masks.length).toBe(12);
  expect(model.masks[0]).toEqual({ name: "s2.b1.drop_path.mask", keep: 1 - 0.24 * (1 / 12) });
  expect(model.masks.at(-1)).toEqual({ name: "s4.b7.drop_path.mask", keep: 0.76 });
});

test("feature maps are the stem's and the stages'", () => {
  expect(model.featureInfo).toEqual([
    { module: "stem", channels: 32, reduction: 2 },
    { module: "s1", channels: 24, reduction: 4 },
    { module: "s2", channels: 56, reduction: 8 },
    { module: "s3", channels: 152, reduction: 16 },
    { module: "s4", channels: 368, reduction: 32 },
  ]);
});

test("layer decay goes from the stem over the blocks to the head", () => {
  const groups = paramGroupsLayerDecay(model, { weightDecay: 0.05, layerDecay: 0.5 });
  const layer = (name: string) =>
    Math.log2(groups.find(({ params }) => params.some((one) => one.name === name))?.lrScale ?? Number.NaN);
  expect(["stem.conv.weight", "stem.bn.bias", "s1.b1.conv1.conv.weight"].map(layer)).toEqual([-14, -14, -13]);
  expect(["s4.b7.se.fc1.bias", "head.fc.weight"].map(layer)).toEqual([-1, 0]);
});

test("preprocessing is that of timm's default weights", () => {
  for (const name of ["regnetx_002", "regnety_002"]) {
    expect(modelInfo(name).pretrainedCfg).toEqual({
      ...{ inputSize: [3, 224, 224], interpolation: "bicubic", cropPct: 0.875, cropMode: "center" },
      ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    });
  }
});
