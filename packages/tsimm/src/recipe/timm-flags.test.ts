import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { UsageError } from "../usage-error.ts";
import { separated, trainFlagRows } from "./arguments.ts";
import { judgeTimmFlags } from "./judge-timm-flags.ts";
import { fromKeys } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { TIMM_VERSION, timmFlags, timmKeyAliases } from "./timm-flags.ts";

const text = await readFile(
  new URL("../../../../test/golden/timm-train-defaults.yaml", import.meta.url),
  "utf8",
);
const timm: Readonly<Record<string, unknown>> = parse(text, { version: "1.1" });
const rows = new Map(trainFlagRows().map(([name, flag]) => [separated(name, "_"), flag]));
const others = Object.entries(timmFlags).filter(([, flag]) => flag.old === undefined);

/** Defaults of ours that differ from timm's on purpose; null and "" are the same, as {} is. */
const OUR_DEFAULTS: Readonly<Record<string, unknown>> = {
  model_ema_warmup: true,
};

test("every flag of timm's train.py has one fate, with timm's default", () => {
  expect(text).toContain(`train.py of timm ${TIMM_VERSION}:`);
  expect(Object.keys(timm)).toHaveLength(172);
  const keys = Object.keys(timm).filter((key) => !Object.hasOwn(timmKeyAliases, key));
  const inArguments = keys.filter((key) => rows.has(key));
  expect([...inArguments, ...others.map(([key]) => key)].sort()).toEqual(keys.sort());
  const isNothing = (value: unknown) => value === null || value === "" || JSON.stringify(value) === "{}";
  const plain = (value: unknown) => (isNothing(value) ? null : value);
  const expected = (key: string) => [key, plain(OUR_DEFAULTS[key] ?? timm[key])];
  for (const key of inArguments) expect([key, plain(rows.get(key)?.default)]).toEqual(expected(key));
  for (const [key, flag] of others) expect([key, plain(flag.default)]).toEqual(expected(key));
});

test("timm's args.yaml at its defaults changes nothing and says nothing", () => {
  const { given, withoutEffect } = fromKeys(timm);
  expect(withoutEffect).toEqual([]);
  // decayEpochs is given, model_ema_warmup differs.
  expect(resolveArguments(given)).toEqual(resolveArguments({ modelEmaWarmup: false, decayEpochs: 90 }));
});

test("a real run of timm: flags without effect are named, refinements of what is off pass", () => {
  const { given, withoutEffect } = fromKeys({
    ...timm,
    ...{
      amp: true,
      amp_dtype: "bfloat16",
      channels_last: true,
      data: "photos",
      device: "cpu",
      dist_bn: "broadcast",
    },
    ...{ kd_temperature: 2, naflex_patch_sizes: [16, 24], train_size_schedule: "progressive", lr: "1e-3" },
    ...{ sched: "step", decay_epochs: 2.4, lr_noise: 0.42, epoch_repeats: 2, wandb_tags: ["a"] },
    ...{ torchcompile: "inductor", pin_mem: true, worker_seeding: "part", local_rank: 1 },
  });
  expect(given).toMatchObject({ dataDir: "photos", lr: 1e-3, decayEpochs: 2.4, lrNoise: [0.42] });
  expect(withoutEffect).toEqual([
    ...["amp", "amp_dtype", "channels_last", "dist_bn", "local_rank", "pin_mem", "torchcompile"],
    "worker_seeding",
    "device (--engine chooses what computes)",
    "epoch_repeats (timm uses it for streamed data sets alone)",
    "wandb_tags (--tensorboard and --metrics-jsonl write the metrics)",
  ]);
});

test("all that is wrong in a file is named at once", () => {
  const bad = {
    epcohs: 3,
    lr: -1,
    batch_size: "many",
    drop_block: 0.1,
    kd_model_name: "resnet50",
    "a\nb": 1,
  };
  expect(() => fromKeys({ ...timm, ...bad })).toThrow(
    new UsageError(
      `train: 6 of the settings cannot be used:
  unknown key "epcohs" in the configuration; did you mean "epochs"?
  unknown key "a\\nb" in the configuration
  --batch-size must be an integer >= 1, got "many"
  --lr must be a number >= 0, got -1
  drop_block must be off, got 0.1; there is no DropBlock; --drop-path regularises residual blocks
  kd_model_name must be off, got "resnet50"; there is no teacher model; train without it`,
    ),
  );
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, 1]));
  const message = (() => {
    try {
      return fromKeys(many);
    } catch (error) {
      return String(error);
    }
  })();
  expect(message).toMatch(
    /^UsageError: train: 500 of the settings cannot be used:\n(.*\n){20} {2}and 480 more$/,
  );
});

test.each([
  [
    { dataset: "torch/cifar10" },
    'dataset must be off, got "torch/cifar10"; folders of images, .tar and .csv files are read',
  ],
  [{ save_images: true }, "save_images must be off, got true"],
  [{ train_img_sizes: [128, 160] }, "train_img_sizes must be off, got 128 160; every batch has one size"],
  [{ naflex_loader: true }, "naflex_loader must be off, got true; every batch has one size"],
  [{ bn_tf: true }, "bn_tf must be off, got true; pass --bn-momentum 0.01 --bn-eps 0.001"],
  [{ data: "a", data_dir: "b" }, 'data and data_dir must be the same, got "a" and "b"; leave one out'],
])("refuses %o", (keys, message) => {
  expect(() => fromKeys({ ...timm, ...keys })).toThrow(message);
});

test.each([
  [{ dataset: "ImageFolder" }, {}],
  [{ data: "a", data_dir: "a" }, { dataDir: "a" }],
  [{ data: "a", data_dir: "" }, { dataDir: "a" }],
  [{ apex_amp: false, native_amp: false, jsd: false, bn_tf: false, num_gpu: 1 }, {}],
  [{ validation_batch_size_multiplier: 1 }, {}],
])("takes %o", (keys, given) => {
  const { given: taken, withoutEffect } = fromKeys({ ...timm, ...keys });
  expect(taken).toMatchObject(given);
  expect(withoutEffect).toEqual([]);
});

test("flags that are typed are noted at timm's default too", () => {
  const given = [
    { key: "device", typed: "--device", value: "cuda" },
    { key: "dist_bn", typed: "--dist-bn", value: "reduce" },
    { key: "drop_block", typed: "--drop-block", value: "0" },
    { key: "kd_temperature", typed: "--kd-temperature", value: "7" },
  ];
  expect(judgeTimmFlags(given, { explicit: true })).toEqual({
    withoutEffect: ["--device (--engine chooses what computes)", "--dist-bn"],
    problems: [],
  });
});
