import { Command } from "commander";
import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { expandFlags } from "./expand-flags.ts";
import { addTimmOptions, judgeTimmOptions } from "./timm-options.ts";
import { addTrainOptions, endFixedLists, givenArguments } from "./train-options.ts";

const parse = (...words: string[]) => {
  const command = new Command("train").argument("[data-dir]").exitOverride();
  command.configureOutput({ writeErr() {} });
  addTrainOptions(command);
  const flags = command.options.map(({ long }) => long ?? "");
  command.parse(endFixedLists(expandFlags(words, flags)), { from: "user" });
  return givenArguments(command, command.args[0]);
};

test("only what was given is an argument", () => {
  expect(parse("photos", "--sched", "step", "--lr=0.1", "-b", "16")).toEqual({
    dataDir: "photos",
    sched: "step",
    lr: 0.1,
    batchSize: 16,
  });
});

test("lists, switches and negative switches", () => {
  expect(parse("--opt-betas", "0.9", "0.95", "--no-aug", "--model-ema", "--no-model-ema-warmup")).toEqual({
    optBetas: [0.9, 0.95],
    noAug: true,
    modelEma: true,
    modelEmaWarmup: false,
  });
  expect(parse("--no-resume-opt")).toEqual({ noResumeOpt: true });
});

test("timm's short spellings and unambiguous prefixes", () => {
  expect(parse("--dr", "0.5", "-vb", "8", "--warmup-ep", "2", "--decay-e=3")).toEqual({
    decayRate: 0.5,
    validationBatchSize: 8,
    warmupEpochs: 2,
    decayEpochs: 3,
  });
});

test("the folder may follow a list of a fixed length", () => {
  const size = { inputSize: [3, 32, 48], dataDir: "photos" };
  expect(parse("--input-size", "3", "32", "48", "photos")).toEqual(size);
  expect(parse("--input-s", "3", "32", "48", "photos", "--lr", "1")).toEqual({ ...size, lr: 1 });
  expect(parse("photos", "--input-size", "3", "32", "48")).toEqual(size);
  expect(() => parse("--input-size", "3", "32", "big", "photos")).toThrow("argument 'big' is invalid");
});

test("a short flag takes its value after an equals sign, too", () => {
  expect(parse("-b=64", "-j=2", "-vb=8")).toEqual({ batchSize: 64, workers: 2, validationBatchSize: 8 });
});

test.each([
  [["--schd", "step"], "unknown option '--schd'"],
  [["--lr", "fast"], "argument 'fast' is invalid. It must be a number."],
  [["--epochs", "1.5"], "argument '1.5' is invalid. It must be an integer."],
  [["--clip-mode", "nrom"], "argument 'nrom' is invalid. Allowed choices are norm, value, agc."],
  [["--lr-base-scale", "log"], "argument 'log' is invalid. Allowed choices are linear, sqrt."],
])("refuses %o", (words, message) => {
  expect(() => parse(...words)).toThrow(message);
});

test("an empty choice is the default", () => {
  expect(parse("--lr-base-scale", "", "photos")).toMatchObject({ lrBaseScale: "" });
});

test("one data folder: the command line writes errors that are no parser's", () => {
  expect(() => parse("a", "--data-dir", "b")).toThrow(
    new UsageError('train: --data-dir must be given once, got "a" and --data-dir "b"; leave one out'),
  );
});

test("a whole command line of timm's parses, whatever its flags come to here", () => {
  const command = new Command("train").argument("[data-dir]").exitOverride();
  addTrainOptions(command);
  addTimmOptions(command);
  const [visible, hidden] = [false, true].map((isHidden) =>
    command.options.flatMap(({ long, hidden }) => (hidden === isHidden ? [long ?? ""] : [])),
  );
  const line =
    "photos --model resnet50 --amp -j 4 --local_rank 0 --device cuda --no-prefetcher --torchcompile --wandb-tags a b " +
    "--train-steps-per-epoch 5 --drop-block 0.1 --kd-temp 2 --dist-bn reduce --epochs 3";
  command.parse(expandFlags(line.split(" "), visible ?? [], hidden), { from: "user" });
  expect(givenArguments(command, command.args[0])).toEqual({
    ...{ dataDir: "photos", model: "resnet50", workers: 4, epochs: 3 },
  });
  expect(judgeTimmOptions(command)).toEqual({
    withoutEffect: [
      ...["--amp", "--dist-bn", "--local-rank", "--no-prefetcher", "--torchcompile"],
      "--device (--engine chooses what computes)",
      "--wandb-tags (--tensorboard and --metrics-jsonl write the metrics)",
    ],
    problems: [
      "--drop-block must be off, got 0.1; there is no DropBlock; --drop-path regularises residual blocks",
    ],
  });
});

test("pairs are Python literals by key, or texts", () => {
  expect(
    parse(
      ...[
        "--model-kwargs",
        "output_stride=16",
        "act_layer=silu",
        "x=a=b",
        "--opt-kwargs",
        "betas=(0.9,0.95)",
      ],
      ...["nesterov=True", "eps=1e-06", "foreach=None", "--epochs", "3", "--model-kwargs=img_size=(48, 48)"],
    ),
  ).toEqual({
    modelKwargs: { output_stride: 16, act_layer: "silu", x: "a=b", img_size: [48, 48] },
    optKwargs: { betas: [0.9, 0.95], nesterov: true, eps: 1e-6, foreach: null },
    epochs: 3,
  });
  expect(parse("photos", "--model-kwargs", "--opt-kwargs")).toEqual({ dataDir: "photos" });
  expect(() => parse("--model-kwargs", "output_stride")).toThrow("It must be key=value.");
});
