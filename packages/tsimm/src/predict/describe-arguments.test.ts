import { expect, test } from "vitest";
import { modelInfo } from "../models/pretrained/create-model.ts";
import { TorchNamespace, type TorchValue } from "../weights/torch/torch-value.ts";
import { describeArguments } from "./describe-arguments.ts";

const dict = (entries: Readonly<Record<string, TorchValue>>) => new Map(Object.entries(entries));

/** As timm's train.py leaves them where no flag is given. */
const absent = {
  ...{ num_classes: null, in_chans: null, img_size: null, input_size: null, crop_pct: null, mean: null },
  ...{ std: null, interpolation: "" },
};

test("what the flags leave open is that of the model", () => {
  const described = describeArguments(new TorchNamespace(dict({ model: "resnet18", ...absent })));
  const { inputSize, interpolation, cropPct, cropMode, mean, std } = modelInfo("resnet18").pretrainedCfg;
  expect(described).toEqual({
    model: { arch: "resnet18", numClasses: 1000, inChans: 3 },
    task: { name: "classification", settings: {}, outputNames: [] },
    dataConfig: { inputSize, interpolation, cropPct, cropMode, mean, std },
  });
});

test("flags beat the model, in a dict and in a namespace", () => {
  const args = dict({
    ...{ ...absent, model: "resnet18.a1_in1k", num_classes: 5, img_size: 96, crop_pct: 0.9 },
    ...{ mean: [0.4, 0.5, 0.6], std: [0.1, 0.2, 0.3], interpolation: "bilinear" },
  });
  const expected = {
    model: { arch: "resnet18", numClasses: 5, inChans: 3 },
    dataConfig: {
      ...{ inputSize: [3, 96, 96], interpolation: "bilinear", cropPct: 0.9 },
      ...{ mean: [0.4, 0.5, 0.6], std: [0.1, 0.2, 0.3] },
    },
  };
  expect(describeArguments(args)).toMatchObject(expected);
  expect(describeArguments(new TorchNamespace(args))).toMatchObject(expected);
});

test("--input-size is channels, height and width; --in-chans beats its channels", () => {
  const args = { ...absent, model: "resnet18", input_size: [1, 64, 48] };
  expect(describeArguments(dict(args))?.dataConfig.inputSize).toEqual([1, 64, 48]);
  expect(describeArguments(dict({ ...args, in_chans: 4 }))?.dataConfig.inputSize).toEqual([4, 64, 48]);
});

test("arguments of the model make it", () => {
  const kwargs = dict({ img_size: 16, patch_size: 4, embed_dim: 8, depth: 1 });
  const described = describeArguments(
    dict({ ...absent, model: "test_vit", num_classes: 3, model_kwargs: kwargs }),
  );
  expect(described).toMatchObject({
    model: { arch: "test_vit", options: { config: { patchSize: 4, embedDim: 8, depth: 1 } } },
    dataConfig: { inputSize: [3, 16, 16] },
  });
  expect(describeArguments(dict({ ...absent, model: "resnet18", gp: "max" }))?.model.options).toEqual({
    globalPool: "max",
  });
});

test("names of classes travel with a run that began here, one for each class", () => {
  const namesWith = (tsimm: TorchValue) =>
    describeArguments(dict({ ...absent, model: "resnet18", num_classes: 2, tsimm }))?.task.outputNames;
  expect(namesWith(dict({ version: 1, classNames: ["cat", "dog"] }))).toEqual(["cat", "dog"]);
  expect(namesWith(dict({ classNames: ["cat", "dog", "owl"] }))).toEqual([]);
  for (const odd of [null, "cat", dict({}), dict({ classNames: [1, 2] })]) expect(namesWith(odd)).toEqual([]);
});

test("an interpolation of training alone is passed over", () => {
  const own = modelInfo("resnet18").pretrainedCfg.interpolation;
  const args = dict({ ...absent, model: "resnet18", interpolation: "random" });
  expect(describeArguments(args)?.dataConfig.interpolation).toBe(own);
});

test.each<[string, TorchValue]>([
  ["none", null],
  ["a list", ["resnet18"]],
  ["no model", dict(absent)],
  ["a model that is not known", dict({ model: "resnet19" })],
  ["a path as model", dict({ model: "local-dir:/etc" })],
  ["a number as model", dict({ model: 18 })],
  ["classes beyond all sense", dict({ model: "resnet18", num_classes: 2 ** 40 })],
  ["images of no size", dict({ model: "resnet18", img_size: 0 })],
  ["a crop beyond the image", dict({ model: "resnet18", crop_pct: 2 })],
  ["arguments of a model that are not known", dict({ model: "resnet18", model_kwargs: dict({ magic: 1 }) })],
  ["a pool that is not known", dict({ model: "resnet18", gp: "median" })],
  ["a deviation of 0", dict({ model: "resnet18", std: [0, 0, 0] })],
])("%s describe nothing", (_, args) => {
  expect(describeArguments(args)).toBe(null);
});
