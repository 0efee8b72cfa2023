import { expect, test } from "vitest";
import { parse } from "yaml";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromKeys } from "./read-configuration.ts";
import { withoutDerived } from "./recorded-run.ts";
import { resolveArguments } from "./resolve-arguments.ts";

function textOf(given: Partial<TrainArguments>): string {
  const args = resolveArguments({ dataDir: "/photos", ...given });
  return argsYaml(args, savedArguments(args, { numClasses: 3 }));
}
const contentOf = (given: Partial<TrainArguments>): Record<string, unknown> =>
  parse(textOf(given), { version: "1.1" });
const commentsOf = (given: Partial<TrainArguments>) =>
  textOf(given)
    .split("\n")
    .filter((line) => line.startsWith("# "))
    .map((line) => line.slice(2));

const DERIVED = "lr follows from lr_base and the batch size; timm would scale lr: null by its processes, too";

test("the rate in use is written, and whether it was given", () => {
  expect(contentOf({ batchSize: 64 })).toMatchObject({ lr: 0.025, lr_derived: true });
  expect(contentOf({ batchSize: 64, opt: "adamw", lrBase: 0.001 })).toMatchObject({ lr: 0.0005 });
  const given = contentOf({ batchSize: 64, lr: 0.025 });
  expect(given).toMatchObject({ lr: 0.025 });
  expect(given).not.toHaveProperty("lr_derived");
});

test("nothing lets timm write into the folder of the run", () => {
  const content = contentOf({ output: "runs", experiment: "first", resume: "last", overwrite: true });
  for (const key of ["output", "experiment", "resume", "overwrite"]) expect(content).not.toHaveProperty(key);
  expect(content).toHaveProperty("written_to", { output: "runs", experiment: "first" });
  expect(contentOf({ output: "" })).not.toHaveProperty("written_to");
});

test("a model that is made for a size of images has it among its options", () => {
  const vit = { model: "vit_tiny_patch16_224", imgSize: 96 };
  expect(contentOf(vit)).toMatchObject({ img_size: 96, model_kwargs: { img_size: 96 } });
  expect(contentOf({ model: "test_vit", inputSize: [3, 64, 64], modelKwargs: { depth: 2 } })).toMatchObject({
    model_kwargs: { img_size: 64, depth: 2 },
  });
  expect(contentOf({ model: "swin_tiny_patch4_window7_224", imgSize: 448 })).toMatchObject({
    model_kwargs: { img_size: 448 },
  });
  expect(contentOf({ model: "vit_tiny_patch16_224" })).not.toHaveProperty("model_kwargs");
  expect(contentOf({ model: "resnet18", imgSize: 96 })).not.toHaveProperty("model_kwargs");
  expect(contentOf({ model: "hf-hub:timm/vit_tiny_patch16_224", imgSize: 96 })).not.toHaveProperty(
    "model_kwargs",
  );
});

test.each<Partial<TrainArguments>>([
  { batchSize: 64 },
  { batchSize: 64, lr: 0.025 },
  { batchSize: 24, gradAccumSteps: 3, opt: "lamb", lrBase: 0.007 },
  { lrBase: 0.3, lrBaseScale: "sqrt" },
  { model: "test_vit", imgSize: 96, modelKwargs: { depth: 2 } },
  { model: "test_vit", imgSize: 96 },
])("%o comes back from its file as it was given", (given) => {
  const args = resolveArguments({ dataDir: "/photos", ...given });
  const saved = savedArguments(args, {});
  const content = parse(argsYaml(args, saved), { version: "1.1" });
  expect(resolveArguments(withoutDerived(fromKeys(content).given, content))).toEqual(args);
});

test("a rate beside another batch size was given: by hand, or by timm for more processes", () => {
  const content = { ...contentOf({ batchSize: 64 }), batch_size: 8 };
  expect(withoutDerived(fromKeys(content).given, content)).toMatchObject({ lr: 0.025, batchSize: 8 });
  const edited = { ...contentOf({ batchSize: 64 }), lr: 0.03 };
  expect(withoutDerived(fromKeys(edited).given, edited)).toMatchObject({ lr: 0.03 });
});

test.each<[Partial<TrainArguments>, readonly string[]]>([
  [{ lr: 0.1 }, []],
  [{}, [DERIVED]],
  [
    { lr: 0.1, dataDir: "/photos.tar" },
    ["timm reads a .tar whole for both splits and trains on the validation images; unpack it"],
  ],
  [{ lr: 0.1, dataDir: "/photos.csv" }, ["timm reads no .csv"]],
  [{ lr: 0.1, dataDir: "bucket:photos" }, ["timm reads no bucket:photos"]],
  [{ lr: 0.1, sched: "wsd" }, ['timm has no schedule "wsd"']],
  [{ lr: 0.1, task: "multi-label" }, ['timm has no task "multi-label"']],
  [
    { lr: 0.1, freeze: ["backbone"], unfreezeAt: 2 },
    ["timm has no --freeze and trains every part of the model"],
  ],
  [{ lr: 0.1, headOnly: true }, ["timm has no --head-only and trains every part of the model"]],
  [{ lr: 0.1, model: "/models/own.onnx" }, ["timm trains no ONNX file"]],
  [
    { lr: 0.1, sched: "plateau", cooldownEpochs: 2, thresholdMode: "abs" },
    [
      "timm ignores cooldown_epochs of plateau",
      "timm has no --plateau-threshold and no --threshold-mode; plateau takes 1e-4 rel",
    ],
  ],
  [{ lr: 0.1, sched: "cosine", plateauThreshold: 0.1, power: 0.9, milestoneTiming: "torch" }, []],
  [{ lr: 0.1, sched: "poly", power: 0.9 }, ["timm has no --power; poly takes it from --decay-rate"]],
  [{ lr: 0.1, lrNoise: [0.5], lrNoiseStd: 2 }, ["timm ignores lr_noise_std"]],
  [
    { lr: 0.1, sched: "multistep", milestoneTiming: "torch" },
    ["timm decays one epoch before each milestone"],
  ],
  [
    { lr: 0.1, sched: "multistep", milestoneTiming: "torch", schedOnUpdates: true },
    ["timm decays one update before each milestone"],
  ],
  [{ lr: 0.1, sched: "tanh", lb: -5 }, ["timm has no --lb"]],
  [{ lr: 0.1, sched: "tanh", lb: -7, ub: 3 }, []],
  [{ lr: 0.1, sched: "cosine", lb: -5 }, []],
  [
    { lr: 0.1, momentum: 0 },
    ["timm's sgd needs a momentum > 0, or opt_kwargs nesterov: false, which is the same without it"],
  ],
  [
    { lr: 0.1, momentum: 0, opt: "lookahead_nesterov" },
    ["timm's nesterov needs a momentum > 0, or opt_kwargs nesterov: false, which is the same without it"],
  ],
  [{ lr: 0.1, momentum: 0, optKwargs: { nesterov: false } }, []],
  [{ lr: 0.1, momentum: 0, opt: "momentum" }, []],
  [{ lr: 0.1, momentum: 0, opt: "adamw" }, []],
  [{ lr: 0.1, model: "resnet18", bnMomentum: 0.2 }, ["timm's resnet18 takes no bn_momentum"]],
  [{ lr: 0.1, model: "efficientnet_b0", bnMomentum: 0.2, bnEps: 1e-3 }, []],
  [{ lr: 0.1, dropConnect: 0.2 }, ["timm ignores drop_connect; drop_path is its new name"]],
  [{ lr: 0.1, augRepeats: 3 }, ["timm takes aug_repeats with several processes only"]],
  [{ lr: 0.1, bceLoss: true, smoothing: 0 }, ["timm ignores bce_loss without smoothing, mixup and CutMix"]],
  [{ lr: 0.1, bceLoss: true, smoothing: 0, mixup: 0.2 }, []],
  [{ lr: 0.1, mixup: 0.2, batchSize: 7 }, ["timm mixes batches of an even number of images only"]],
])("%o: the file says %o", (given, comments) => {
  expect(commentsOf(given)).toEqual(comments);
});
