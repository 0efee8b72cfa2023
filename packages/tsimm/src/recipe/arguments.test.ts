import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { UsageError } from "../usage-error.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import { separated, type TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { learningRate } from "./learning-rate.ts";
import { fromKeys, readConfiguration } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { type TrainOptions, train } from "./train.ts";
import { builtInsText, trainArgumentsText } from "./train-arguments-text.fixture.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-arguments-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("later layers beat earlier ones, null counts as not given", () => {
  const args = resolveArguments({ epochs: 5, lr: 0.1 }, { epochs: 10, lr: null });
  expect([args.epochs, args.lr, args.sched, args.smoothing]).toEqual([10, 0.1, "cosine", 0.1]);
});

test("the type of the arguments is the one of the table, its names those of the definitions", async () => {
  await expect(trainArgumentsText()).toMatchFileSnapshot("generated/train-arguments.ts");
  await expect(builtInsText()).toMatchFileSnapshot("generated/built-ins.ts");
});

test("names change between camelCase, flags and file keys", () => {
  expect(separated("warmupEpochs", "-")).toBe("warmup-epochs");
  expect(separated("lrKDecay", "_")).toBe("lr_k_decay");
});

test.each([
  [{ lr: Number.NaN }, "train: --lr must be a number >= 0, got NaN"],
  [{ batchSize: 0 }, "train: --batch-size must be an integer >= 1, got 0"],
  [{ batchSize: 2.5 }, "train: --batch-size must be an integer >= 1, got 2.5"],
  [{ hflip: 2 }, "train: --hflip must be a number >= 0 and <= 1, got 2"],
  [{ dropPath: 1 }, "train: --drop-path must be a number >= 0 and < 1, got 1"],
  [{ decayEpochs: 0 }, "train: --decay-epochs must be a number > 0, got 0"],
  [{ optBetas: [0.9] }, "train: --opt-betas must be 2 to 3 numbers >= 0, got 0.9"],
  [
    { cutmixMinmax: [0.8, 0.2] },
    "train: --cutmix-minmax must be 2 numbers >= 0 and <= 1, the smaller first, got 0.8 0.2",
  ],
  [{ clipMode: "nrom" }, 'train: --clip-mode must be one of norm, value, agc, got "nrom"'],
  [{ classWeights: ["cat=2", 3] }, "train: --class-weights must be 1 or more texts, got cat=2 3"],
  [{ labelColumns: "age" }, 'train: --label-columns must be 1 or more texts, got "age"'],
  [{ earlyStopEpochs: 0 }, "train: --early-stop-epochs must be an integer >= 1, got 0"],
  [{ bceTargetThresh: 2 }, "train: --bce-target-thresh must be a number >= 0 and <= 1, got 2"],
] as const)("refuses %o", (given, message) => {
  expect(() => checkArguments(given as Partial<TrainArguments>)).toThrow(new UsageError(message));
});

test.each([
  [{ data_dir: "photos" }, 'train: unknown option "data_dir"; did you mean "dataDir"?'],
  [{ dataDri: "photos" }, 'train: unknown option "dataDri"; did you mean "dataDir"?'],
  [
    { layer_decay_no_opt_scale: 0.1 },
    'train: unknown option "layer_decay_no_opt_scale"; did you mean "layerDecayNoOptScale"?',
  ],
  [{ lr: 0.1, "a\nb": 1 }, 'train: unknown option "a\\nb"'],
  [["photos"], 'train: arguments must be an object, got ["photos"]'],
  [null, "train: arguments must be an object, got null"],
  [true, "train: arguments must be an object, got true"],
] as const)("refuses %j", async (given, message) => {
  // As a program in JavaScript passes it.
  await expect(train(given as unknown as Partial<TrainArguments>)).rejects.toThrow(new UsageError(message));
});

test("train refuses options that it does not have", async () => {
  const options = { signals: [] } as unknown as TrainOptions;
  await expect(train({}, options)).rejects.toThrow(
    new RangeError(
      'train: option must be one of listeners, signal, dataset, model, got "signals"; did you mean "signal"?',
    ),
  );
});

test("lists of equal values ascend, betas need not", () => {
  expect(() => checkArguments({ cutmixMinmax: [0.5, 0.5], optBetas: [0.9, 0.8] })).not.toThrow();
});

test.each([
  [{ listeners: {} }, "train: listeners must be a list of listeners, got {}"],
  [
    { listeners: [{ name: "x" }] },
    'train: listeners[0] must be an object with a name and a function on(event, run), got {"name":"x"}',
  ],
  [
    { listeners: [() => {}] },
    "train: listeners[0] must be an object with a name and a function on(event, run), got a function",
  ],
  [{ signal: 5 }, "train: signal must be an AbortSignal, got number"],
])("train refuses the options %j", async (options, message) => {
  await expect(train({}, options as unknown as TrainOptions)).rejects.toThrow(new TypeError(message));
});

test("args.yaml repeats a run", async () => {
  const args = resolveArguments({
    sched: "step",
    decayEpochs: 2.4,
    optBetas: [0.9, 0.95],
    modelEma: true,
    dataDir: "photos",
  });
  const text = argsYaml(args, savedArguments(args, { numClasses: 10 }));
  const path = join(folder, "args.yaml");
  await writeFile(path, text);
  const { given } = await readConfiguration(path);
  expect(resolveArguments(given)).toEqual({ ...args, numClasses: 10 });
  const keys = Object.keys(parse(text));
  expect(keys).toEqual(keys.toSorted());
  expect(parse(text)).toMatchObject({
    sched: "step",
    decay_epochs: 2.4,
    lr: 0.05,
    lr_derived: true,
    opt_betas: [0.9, 0.95],
    num_classes: 10,
  });
});

test("args.yaml has the newer flags only where they are set, and says which of them timm has not", () => {
  const plain = resolveArguments({ dataDir: "photos" });
  const keys = Object.keys(savedArguments(plain, {}));
  for (const key of ["task", "bce_loss", "class_weights", "no_initial_ema", "tensorboard", "huber_delta"]) {
    expect(keys).not.toContain(key);
  }
  const args = resolveArguments({
    ...{ dataDir: "photos", bceLoss: true, bceTargetThresh: 0.2, classWeights: ["cat=2", "dog=0.5"] },
    ...{ earlyStopEpochs: 5, task: "classification", tensorboard: true },
  });
  const text = argsYaml(args, savedArguments(args, {}));
  expect(text).toMatch(
    /^# timm has no --class-weights\n# timm has no --early-stop-epochs\n# lr follows from .*\n(?!#)/,
  );
  expect(parse(text)).toMatchObject({ bce_loss: true, bce_target_thresh: 0.2, tensorboard: true });
  expect(fromKeys(parse(text)).given).toEqual(
    expect.objectContaining({ classWeights: ["cat=2", "dog=0.5"], earlyStopEpochs: 5 }),
  );
  const regression = resolveArguments({ dataDir: "photos", task: "regression", labelColumns: ["age"] });
  expect(argsYaml(regression, savedArguments(regression, { evalMetric: "mae" }))).toMatch(
    /^# timm has no task "regression"\n# timm has no --label-columns\n(.*\n)*eval_metric: mae\n/,
  );
});

test("a list of texts may be one text in a file", () => {
  expect(fromKeys({ label_columns: "age", class_weights: "balanced" }).given).toEqual({
    labelColumns: ["age"],
    classWeights: ["balanced"],
  });
});

test("args.yaml says on top what timm does not have", () => {
  const args = resolveArguments({ dataDir: "photos", sched: "poly", power: 0.9 });
  expect(argsYaml(args, savedArguments(args, {}))).toMatch(
    /^# timm has no --power; poly takes it from --decay-rate\n/,
  );
});

test("timm's keys without counterpart pass when they change nothing, and are refused when they would", () => {
  expect(fromKeys({ amp: true, save_images: 0, drop_block: null, epochs: 3 })).toEqual({
    given: { epochs: 3 },
    withoutEffect: ["amp"],
  });
  expect(() => fromKeys({ drop_block: 0.1 })).toThrow(
    "train: drop_block must be off, got 0.1; there is no DropBlock; --drop-path regularises residual blocks",
  );
  expect(() => fromKeys({ epcohs: 3 })).toThrow(
    'train: unknown key "epcohs" in the configuration; did you mean "epochs"?',
  );
  expect(() => fromKeys({ epochs: "many" })).toThrow('train: --epochs must be an integer >= 1, got "many"');
});

test("a configuration that is missing or no mapping is refused", async () => {
  await expect(readConfiguration(join(folder, "none.yaml"))).rejects.toThrow(
    "train: --config must be a readable YAML file",
  );
  const path = join(folder, "list.yaml");
  await writeFile(path, "- 1\n- 2\n");
  await expect(readConfiguration(path)).rejects.toThrow('train: --config must hold "key: value" lines');
});

test("the rate follows the batch size, by the square root for adaptive optimizers", () => {
  const base = resolveArguments({ batchSize: 8 });
  expect(learningRate(base)).toEqual({
    lr: 0.003125,
    explanation:
      "Learning rate (0.003125) calculated from base learning rate (0.1) and effective global batch size (8) with linear scaling.",
  });
  expect(learningRate({ ...base, batchSize: 64, opt: "adamw" }).lr).toBe(0.05);
  expect(learningRate({ ...base, batchSize: 64, gradAccumSteps: 4, lr: 0 }).lr).toBe(0.1);
  expect(learningRate({ ...base, lr: 0.5 })).toEqual({ lr: 0.5, explanation: null });
});
