import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { readConfiguration } from "./read-configuration.ts";
import { recordedSettings } from "./recorded-run.ts";

const golden = new URL("../../../../test/golden/timm-args/", import.meta.url);
const folder = await mkdtemp(join(tmpdir(), "tsimm-recorded-"));
afterAll(() => rm(folder, { recursive: true }));

/** Reads a file of timm's, with lines of another one behind it. */
async function read(name: string, more = "") {
  const path = join(folder, "args.yaml");
  await writeFile(path, (await readFile(new URL(`${name}.yaml`, golden), "utf8")) + more);
  return await readConfiguration(path);
}

test.each([
  [
    "resnet50-jsd",
    {
      ...{ dataDir: "/imagenet", batchSize: 64, model: "resnet50", epochs: 200, lr: 0.05, reprob: 0.6 },
      ...{ augSplits: 3, aa: "rand-m9-mstd0.5-inc1", resplit: true, splitBn: true, jsdLoss: true },
    },
    ["amp"],
  ],
  [
    "mobilenetv3",
    {
      ...{ dataDir: "imagenet/", sched: "step", decayEpochs: 2.4, decayRate: 0.973, opt: "rmsproptf" },
      ...{ optEps: 0.001, workers: 7, warmupLr: 1e-6, weightDecay: 1e-5, lrNoise: [0.42, 0.9] },
      ...{ modelEma: true, modelEmaDecay: 0.9999, modelEmaWarmup: false },
    },
    ["amp"],
  ],
  ["resnext50", { lr: 0.6, recount: 3, batchSize: 192, warmupEpochs: 5 }, ["amp"]],
  [
    "resumed",
    {
      ...{ dataDir: "/data/photos", imgSize: 96, modelKwargs: null, optBetas: [0.9, 0.95], lr: null },
      ...{ lrBase: 0.001, schedOnUpdates: true },
    },
    [
      "channels_last",
      "device (--engine chooses what computes)",
      "log_wandb (--tensorboard and --metrics-jsonl write the metrics)",
      "experiment, output, resume, start_epoch (of the run that wrote the file)",
    ],
  ],
])("timm's args.yaml of %s is taken whole", async (name, given, withoutEffect) => {
  const configuration = await read(name);
  expect(configuration.given).toMatchObject(given);
  expect(configuration.withoutEffect).toEqual(withoutEffect);
  for (const key of ["experiment", "output", "resume", "startEpoch"]) {
    expect(Object.entries(configuration.given).find(([name]) => name === key)?.[1] ?? "").toBe("");
  }
});

test("what timm trained with and is not offered here is refused, all at once", async () => {
  await expect(read("distilled")).rejects.toThrow(
    `train: 2 of the settings cannot be used:
  drop_block must be off, got 0.1; there is no DropBlock; --drop-path regularises residual blocks
  kd_model_name must be off, got "resnet50"; there is no teacher model; train without it`,
  );
});

test("keys of a newer timm are named, those that say nothing are not, and those of tsimm pass", async () => {
  const more =
    "mixture_of_depths: 0.5\nnew_switch: false\nanother: null\nlr_derived: true\ntsimm:\n  version: 1\n";
  expect((await read("resnext50", more)).withoutEffect).toEqual([
    "amp",
    "mixture_of_depths (not known in timm 1.0.29.dev0)",
  ]);
});

test("a file that was written by hand is its writer's: places hold, and unknown keys are mistakes", async () => {
  const own = { output: "runs", experiment: "first", epcohs: 3 };
  expect(recordedSettings(own)).toEqual({ content: own, notes: [] });
  const path = join(folder, "own.yaml");
  await writeFile(path, "output: runs\nexperiment: first\n");
  expect(await readConfiguration(path)).toEqual({
    given: { output: "runs", experiment: "first" },
    withoutEffect: [],
  });
  await writeFile(path, "epcohs: 3\n");
  await expect(readConfiguration(path)).rejects.toThrow('unknown key "epcohs"');
});

test("tags of Python's in a file are no warning of Node's", async () => {
  const path = join(folder, "tags.yaml");
  await writeFile(path, "betas: !!python/tuple [0.9, 0.95]\nopt_betas: !!python/tuple [0.9, 0.95]\n");
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await expect(readConfiguration(path)).rejects.toThrow('unknown key "betas"');
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
