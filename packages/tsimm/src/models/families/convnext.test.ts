import { expect, test } from "vitest";
import { createModel, modelInfo } from "../registry.ts";

const model = createModel("convnext_atto", { numClasses: 4, dropPathRate: 0.2 });
const values = (name: string) =>
  Array.from(model.parameters.find((parameter) => parameter.name === name)?.data ?? []);

test("starts with narrow normal weights, zero biases and a layer scale of 1e-6", () => {
  for (const name of ["stem.0.weight", "stages.2.blocks.0.mlp.fc1.weight", "head.fc.weight"]) {
    const weights = values(name);
    const variance = weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length;
    expect(Math.sqrt(variance) / 0.02).toBeCloseTo(1, 1);
  }
  expect(new Set(values("stages.0.blocks.0.gamma"))).toEqual(new Set([Math.fround(1e-6)]));
  expect(new Set([...values("stem.0.bias"), ...values("stages.0.blocks.0.conv_dw.bias")])).toEqual(
    new Set([0]),
  );
});

test("a block's layer scale comes before its layers, as in timm's state dict", () => {
  const names = model.state.map(({ name }) => name).filter((name) => name.startsWith("stages.1.blocks.0."));
  expect(names.map((name) => name.slice("stages.1.blocks.0.".length))).toEqual([
    "gamma",
    ...["conv_dw", "norm", "mlp.fc1", "mlp.fc2"].flatMap((module) => [`${module}.weight`, `${module}.bias`]),
  ]);
});

test("drop path rises from block to block over all stages", () => {
  expect(model.masks.length).toBe(11);
  expect(model.masks[0]).toEqual({ name: "stages.0.blocks.1.drop_path.mask", keep: 1 - 0.2 / 11 });
  expect(model.masks.at(-1)).toEqual({ name: "stages.3.blocks.1.drop_path.mask", keep: 0.8 });
});

test("feature maps are the stages'", () => {
  expect(model.featureInfo).toEqual([
    { module: "stages.0", channels: 40, reduction: 4 },
    { module: "stages.1", channels: 80, reduction: 8 },
    { module: "stages.2", channels: 160, reduction: 16 },
    { module: "stages.3", channels: 320, reduction: 32 },
  ]);
});

test("convnext_tiny's preprocessing is that of its default weights", () => {
  expect(modelInfo("convnext_tiny").pretrainedCfg.cropPct).toBe(0.95);
  expect(modelInfo("convnext_atto").pretrainedCfg.cropPct).toBe(0.875);
});
