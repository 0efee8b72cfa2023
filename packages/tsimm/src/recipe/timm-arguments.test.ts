import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { timmArguments } from "./timm-arguments.ts";

const defaults: Record<string, unknown> = parse(
  readFileSync(new URL("../../../../test/golden/timm-train-defaults.yaml", import.meta.url), "utf8"),
);

/** The arguments, and what is said of them. */
function read(changes: Readonly<Record<string, unknown>>) {
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    warn: (line: string) => void lines.push(`! ${line}`),
  };
  return { args: timmArguments({ ...defaults, ...changes }, log), lines };
}

test("timm's defaults and what it adds while it runs are silent", () => {
  const { args, lines } = read({
    ...{
      model: "resnet18",
      prefetcher: true,
      distributed: false,
      world_size: 1,
      rank: 0,
      tsimm: { version: 1 },
    },
  });
  expect(lines).toEqual([]);
  expect(args).toMatchObject({ model: "resnet18", opt: "sgd", modelEmaWarmup: false });
});

test("the place and the start of timm's run are not taken", () => {
  const { args } = read({
    ...{ resume: "last.pth.tar", no_resume_opt: true, start_epoch: 3, output: "out", experiment: "e" },
    ...{ pretrained: true, initial_checkpoint: "w.safetensors" },
  });
  const names = [
    "resume",
    "noResumeOpt",
    "startEpoch",
    "output",
    "experiment",
    "pretrained",
    "initialCheckpoint",
  ];
  expect(names.filter((name) => name in args)).toEqual([]);
});

test("the batches of several processes are one", () => {
  const { args, lines } = read({ batch_size: 32, validation_batch_size: 64, world_size: 4 });
  expect([args.batchSize, args.validationBatchSize]).toEqual([128, 256]);
  expect(lines).toEqual(["Batch size 128: timm had 32 in each of 4 processes"]);
});

test("what timm alone has is named where it is on, and left out", () => {
  const { lines } = read({ amp: true, drop_block: 0.1, kd_model_name: "resnet50", new_flag: 3 });
  expect(lines).toEqual([
    "! arguments that are not known here are passed over: new_flag",
    expect.stringMatching(/^! timm trained with what is not offered here.*drop_block.*kd_model_name/),
    "No effect here: amp",
  ]);
});

test("a value that no run here has is refused", () => {
  expect(() => read({ epochs: 0 })).toThrow("--epochs must be an integer >= 1, got 0");
});
