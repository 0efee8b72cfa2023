import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { SafeTensor, SafeTensors } from "../../weights/safetensors.ts";
import type { Model } from "../model.ts";
import { createModel, type ModelOptions } from "../registry.ts";
import { adaptWeights } from "./adapt-weights.ts";
import { loadAdapted } from "./load-start.ts";

const state = ({ state: tensors }: Model): Map<string, SafeTensor> =>
  new Map(
    tensors.map(({ name, shape, data }) => [
      name,
      data instanceof Float32Array
        ? { dtype: "F32", shape, data: data.slice() }
        : { dtype: "I64", shape, data: data.slice() },
    ]),
  );

/** Names, shapes and hashes: a comparison of all elements takes seconds. */
const digest = (tensors: SafeTensors) =>
  [...tensors].map(([name, { shape, data }]) => [
    name,
    shape.join(),
    createHash("sha1")
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest("hex"),
  ]);

const pretrained = (name: string, options: ModelOptions = {}) =>
  createModel(name, { numClasses: 10, seed: 7, ...options });
const own = (name: string, options: ModelOptions = {}) => createModel(name, { numClasses: 3, ...options });
const tensorOf = ({ state: tensors }: Model, wanted: string) =>
  tensors.find(({ name }) => name === wanted)?.data;

test("another number of classes gives a new head, and everything else is taken", () => {
  const [from, to] = [pretrained("test_resnet"), own("test_resnet")];
  const head = to.getClassifier().map(({ data }) => data.slice());
  expect(loadAdapted(to, state(from))).toEqual(["fc of 10 classes replaced by a new one of 3"]);
  expect(to.getClassifier().map(({ data }) => data)).toEqual(head);
  const rest = (model: Model) => digest(state(model)).filter(([name]) => !name?.startsWith("fc."));
  expect(rest(to)).toEqual(rest(from));
});

test("the same number of classes keeps the head, none leaves it out, weights without one give a new one", () => {
  const from = pretrained("test_resnet");
  const same = createModel("test_resnet", { numClasses: 10 });
  expect(loadAdapted(same, state(from))).toEqual([]);
  expect(tensorOf(same, "fc.weight")).toEqual(tensorOf(from, "fc.weight"));
  const none = createModel("test_resnet", { numClasses: 0 });
  expect(loadAdapted(none, state(from))).toEqual(["fc of 10 classes left out"]);
  const without = state(from);
  without.delete("fc.weight");
  without.delete("fc.bias");
  expect(loadAdapted(own("test_resnet"), without)).toEqual([
    "fc of 3 classes starts anew: the weights have none",
  ]);
});

test.each<[string, string, number, string]>([
  ["test_resnet", "conv1.0.weight", 1, "summed over RGB"],
  ["test_resnet", "conv1.0.weight", 4, "repeated for 4 channels"],
  ["test_vit", "patch_embed.proj.weight", 1, "summed over RGB"],
  ["test_efficientnet", "conv_stem.weight", 6, "repeated for 6 channels"],
  ["test_convnext", "stem.0.weight", 2, "repeated for 2 channels"],
])("%s: %s for %i channels", (name, conv, inChans, how) => {
  const from = pretrained(name);
  const to = createModel(name, { numClasses: 10, inChans });
  expect(loadAdapted(to, state(from))).toEqual([`${conv.replace(".weight", "")} ${how}`]);
  const [weight, before] = [tensorOf(to, conv) ?? [], tensorOf(from, conv) ?? []];
  const [, , height = 0, width = 0] = from.state.find((one) => one.name === conv)?.shape ?? [];
  const area = height * width;
  // An image whose channels are equal gives what it gave before.
  const sum = (data: ArrayLike<number | bigint>, channels: number) =>
    Array.from({ length: channels }, (_, c) => Number(data[c * area])).reduce((a, b) => a + b, 0);
  const scale = inChans === 1 ? 1 : 3 / inChans;
  if (inChans === 1 || inChans % 3 === 0) expect(sum(weight, inChans)).toBeCloseTo(sum(before, 3), 5);
  else expect(Number(weight[0])).toBeCloseTo(scale * Number(before[0]), 5);
});

test("position embeddings are resampled to another image size", () => {
  const [from, to] = [pretrained("test_vit"), own("test_vit", { imgSize: 96 })];
  expect(loadAdapted(to, state(from))).toEqual([
    "pos_embed resampled from 10x10 to 6x6",
    "head of 10 classes replaced by a new one of 3",
  ]);
  const [before, after] = [tensorOf(from, "pos_embed") ?? [], tensorOf(to, "pos_embed") ?? []];
  // The place of the class token stays.
  expect(after.slice(0, 64)).toEqual(before.slice(0, 64));
});

test("weights of the other way of pooling start their last normalization anew", () => {
  const to = own("test_vit", { globalPool: "avg" });
  expect(loadAdapted(to, state(pretrained("test_vit")))).toEqual([
    "norm left out, fc_norm starts anew: the pool differs",
    "head of 10 classes replaced by a new one of 3",
  ]);
});

test.each<[string, (name: string) => string]>([
  ["module.", (name) => `module.${name}`],
  ["_orig_mod.", (name) => `_orig_mod.${name}`],
  ["both", (name) => `module._orig_mod.${name}`],
  ["model.", (name) => `model.${name}`],
  ["state_dict.module.", (name) => `state_dict.module.${name}`],
])("names with %s are read", (_, wrap) => {
  const from = pretrained("test_resnet");
  const wrapped = new Map([...state(from)].map(([name, tensor]) => [wrap(name), tensor]));
  const to = createModel("test_resnet", { numClasses: 10 });
  expect(loadAdapted(to, wrapped)).toEqual([]);
  expect(tensorOf(to, "conv1.0.weight")).toEqual(tensorOf(from, "conv1.0.weight"));
});

test("the average of a checkpoint is taken before the plain weights", () => {
  const [plain, average] = [pretrained("test_resnet"), pretrained("test_resnet", { seed: 8 })];
  const both = new Map([
    ...[...state(plain)].map(([name, tensor]) => [`state_dict.${name}`, tensor] as const),
    ...[...state(average)].map(([name, tensor]) => [`state_dict_ema.${name}`, tensor] as const),
  ]);
  const to = createModel("test_resnet", { numClasses: 10 });
  loadAdapted(to, both);
  expect(tensorOf(to, "conv1.0.weight")).toEqual(tensorOf(average, "conv1.0.weight"));
});

test("other precisions are converted, counters that are missing begin at 0", () => {
  const from = pretrained("test_resnet");
  const tensors = state(from);
  const wide = new Map<string, SafeTensor>();
  for (const [name, tensor] of tensors) {
    if (name.endsWith("num_batches_tracked")) continue;
    wide.set(name, {
      dtype: "F64",
      shape: tensor.shape,
      data: Float64Array.from(tensor.data as Float32Array),
    });
  }
  const to = createModel("test_resnet", { numClasses: 10 });
  expect(loadAdapted(to, wide)).toEqual([]);
  expect(tensorOf(to, "conv1.0.weight")).toEqual(tensorOf(from, "conv1.0.weight"));
  expect(tensorOf(to, "bn1.num_batches_tracked")).toEqual(BigInt64Array.of(0n));
});

test("every tensor that does not fit is named at once, and nothing is loaded", () => {
  const to = own("test_resnet");
  const before = digest(state(to));
  const tensors = state(pretrained("test_resnet"));
  tensors.delete("bn1.weight");
  tensors.delete("bn1.bias");
  tensors.set("layer1.0.conv1.weight", { dtype: "F32", shape: [2], data: new Float32Array(2) });
  tensors.set("surplus", { dtype: "I32", shape: [1], data: new Int32Array(1) });
  expect(() => loadAdapted(to, tensors)).toThrow(
    "loadState: tensors must be the state of test_resnet; 2 missing: bn1.weight, bn1.bias; 1 unexpected: surplus; " +
      "1 unfit: layer1.0.conv1.weight must be F32 [32,32,3,3], got F32 [2]",
  );
  expect(digest(state(to))).toEqual(before);
});

test("a file of something else is named as such, not adapted", () => {
  const foreign: SafeTensors = new Map([["w", { dtype: "F32", shape: [1], data: new Float32Array(1) }]]);
  expect(adaptWeights(own("test_resnet"), foreign).notes).toEqual([]);
  expect(() => loadAdapted(own("test_resnet"), foreign)).toThrow(
    /missing: conv1\.0\.weight, .* 1 unexpected: w$/,
  );
});

test("a ConvNeXt as its authors name it", () => {
  const from = pretrained("test_convnext");
  const authors = new Map<string, SafeTensor>();
  for (const [name, tensor] of state(from)) {
    const old = name
      .replace(/^stem\./, "downsample_layers.0.")
      .replace(/^stages\.(\d+)\.downsample\.(\d+)/, "downsample_layers.$1.$2")
      .replace(/\.blocks\./, ".")
      .replace("conv_dw", "dwconv")
      .replace("mlp.fc", "pwconv")
      .replace("head.fc.", "head.")
      .replace("head.norm.", "norm.");
    authors.set(old, tensor);
  }
  const to = createModel("test_convnext", { numClasses: 10 });
  expect(loadAdapted(to, authors)).toEqual([]);
  expect(digest(state(to))).toEqual(digest(state(from)));
});

test("a vision transformer as DINO and older timms name it", () => {
  const from = pretrained("test_vit");
  const old = state(from);
  const patches = old.get("patch_embed.proj.weight");
  if (patches === undefined) throw new Error("there are patches");
  old.set("patch_embed.proj.weight", { ...patches, shape: [64, 768] });
  const token: SafeTensor = { dtype: "F32", shape: [1, 64], data: new Float32Array(64) };
  old.set("mask_token", token).set("pre_logits.fc.bias", token);
  const to = createModel("test_vit", { numClasses: 10 });
  expect(loadAdapted(to, old)).toEqual([]);
  expect(digest(state(to))).toEqual(digest(state(from)));
});
