import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { builtInFamilies } from "../families/built-in-families.ts";
import { modelInfo } from "./create-model.ts";
import { pretrainedConfig, tagsOf } from "./pretrained-configs.ts";

// What timm itself says, printed by tools/pretrained-configs.py.
const file = new URL("../../../../../test/golden/pretrained/configs.json", import.meta.url);
const fixture: Readonly<Record<string, readonly unknown[]>> = JSON.parse(readFileSync(file, "utf8"));
const names = builtInFamilies.flatMap(({ models }) => Object.keys(models));

test("every configuration is timm's", () => {
  for (const [name, expected] of Object.entries(fixture)) {
    const [arch = "", tag = ""] = name.split(".");
    const config = pretrainedConfig(arch, tag);
    expect([
      name,
      config?.inputSize,
      config?.testInputSize ?? null,
      config?.interpolation,
      config?.cropPct,
      config?.testCropPct ?? null,
      config?.cropMode,
      config?.mean,
      config?.std,
      config?.numClasses,
      config?.fixedInputSize ?? false,
      config?.hfHubId ?? null,
    ]).toEqual([name, ...expected]);
  }
});

test("tags stand in timm's order, and the table has no other", () => {
  const archs = new Set(Object.keys(fixture).map((name) => name.split(".")[0] ?? ""));
  const listed = [...archs].flatMap((arch) =>
    tagsOf(arch).map((tag) => (tag === "" ? arch : `${arch}.${tag}`)),
  );
  expect(listed).toEqual(Object.keys(fixture));
});

test.each(names)("%s has the preprocessing of timm's default tag, also where there is no table", (name) => {
  const family = builtInFamilies.find(({ models }) => Object.hasOwn(models, name));
  const options = { inChans: 3, imgSize: null, dropPathRate: 0, globalPool: null, zeroInitLast: true };
  const own = family?.create(name, family.models[name], options).pretrainedCfg;
  expect(own).toBeDefined();
  expect(pretrainedConfig(name)).toMatchObject(own ?? {});
});

test("a tag gives classes, image size and preprocessing", () => {
  expect(modelInfo("test_resnet").pretrainedCfg).toEqual(pretrainedConfig("test_resnet"));
  expect(modelInfo("resnet18.a3_in1k").pretrainedCfg).toMatchObject({
    ...{ inputSize: [3, 160, 160], testInputSize: [3, 224, 224], cropPct: 0.95, tag: "a3_in1k" },
    hfHubId: "timm/resnet18.a3_in1k",
  });
  const [wide, plain] = ["augreg_in21k", "augreg_in21k_ft_in1k"].map(
    (tag) => modelInfo(`vit_tiny_patch16_224.${tag}`).parameterCount,
  );
  expect((wide ?? 0) - (plain ?? 0)).toBe((21843 - 1000) * 193);
});
