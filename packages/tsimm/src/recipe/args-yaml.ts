/**
 * `args.yaml`: the arguments of a run under timm's keys, so that `tsimm train -c args.yaml` repeats it and
 * timm's `train.py --config args.yaml` can take it over.
 */
import { findSchedule } from "@tsimm/scheduler";
import { parse, type ScalarTag, stringify, type Tags } from "yaml";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { findOptimizer } from "../optim/optimizers.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import {
  type ArgumentName,
  type Flag,
  findFlag,
  registeredArguments,
  separated,
  type TrainArguments,
  trainFlagRows,
} from "./arguments.ts";
import { checkArguments, showValue } from "./check-arguments.ts";
import { builtInNames } from "./generated/built-ins.ts";

/** timm's flags that change speed or hardware, not the result. */
const WITHOUT_EFFECT = [
  ...["amp", "amp_dtype", "amp_impl", "model_dtype", "channels_last", "fuser", "torchscript", "torchcompile"],
  ...["torchcompile_mode", "pin_mem", "no_prefetcher", "worker_seeding", "local_rank", "sync_bn", "dist_bn"],
  ...["grad_checkpointing", "log_wandb", "model_ema_force_cpu", "device", "device_modules", "fast_norm"],
];

/** timm's flags without a counterpart; they may be there as long as they are off. */
const NOT_OFFERED = [
  ...["aa", "aug_repeats", "aug_splits", "bn_eps", "bn_momentum", "color_jitter_prob", "dataset"],
  ...["drop_block", "epoch_repeats", "gaussian_blur_prob", "gp", "grayscale_prob"],
  ...["head_init_bias", "head_init_scale", "input_img_mode", "input_key", "jsd_loss", "pretrained"],
  ...[
    "pretrained_path",
    "reprob",
    "resplit",
    "save_images",
    "split_bn",
    "target_key",
    "train_crop_mode",
    "tta",
  ],
];

/** Flags of ours that change the result. */
const TIMM_HAS_NOT = [
  "classWeights",
  "balancedSampling",
  "imageColumn",
  "labelColumns",
  "earlyStopEpochs",
] as const;

/** Arguments of one call, not of the run. */
const NOT_SAVED: readonly ArgumentName[] = ["resume", "overwrite"];

/** 1e-7 as 1.0e-7: Python reads YAML 1.1, where a number with an exponent has a point. */
const pythonFloat: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => typeof value === "number" && /^-?\de/.test(String(value)),
  test: /^-?\d\.0e[-+]\d+$/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace("e", ".0e"),
};

/** Content of a configuration file. */
export interface Configuration {
  readonly given: Partial<TrainArguments>;
  /** timm's keys that have no effect on the result here. */
  readonly withoutEffect: readonly string[];
}

/**
 * Reads a configuration file: YAML whose keys are flag names with underscores.
 *
 * @throws UsageError for a file that can't be read, an unknown key, a bad value, or a timm feature that is
 * switched on and not offered here.
 */
export async function readConfiguration(path: string): Promise<Configuration> {
  let content: unknown;
  try {
    content = parse((await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8"), {
      version: "1.1",
    });
  } catch (error) {
    throw new UsageError(
      `train: --config must be a readable YAML file, got "${path}" (${(error as Error).message.split("\n")[0]})`,
    );
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new UsageError(`train: --config must hold "key: value" lines, got "${path}"`);
  }
  return fromKeys(content as Record<string, unknown>);
}

/** Turns snake_case keys into arguments; see {@link readConfiguration}. */
export function fromKeys(content: Readonly<Record<string, unknown>>): Configuration {
  const names = new Map(trainFlagRows().map(([name]) => [separated(name, "_"), name]));
  const given: Record<string, unknown> = {};
  const withoutEffect: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const name = names.get(key);
    if (name !== undefined) given[name] = asList(name, value);
    else if (WITHOUT_EFFECT.includes(key)) withoutEffect.push(key);
    else if (NOT_OFFERED.includes(key) && !isOff(value)) {
      throw new UsageError(`train: ${key} must be off, got ${showValue(value)}; tsimm does not offer it`);
    } else if (!isOff(value)) {
      throw new UsageError(
        `train: unknown key "${key}" in the configuration${suggestion(key, [...names.keys()])}`,
      );
    }
  }
  const checked = given as Partial<TrainArguments>;
  checkArguments(checked);
  return { given: checked, withoutEffect };
}

/**
 * Arguments under their snake_case names, sorted: what `args.yaml` and checkpoints hold.
 *
 * @param args - Arguments as given, before anything is derived from them.
 * @param used - What timm could not derive: class count, absolute data folder.
 */
export function savedArguments(args: TrainArguments, used: Partial<TrainArguments>): Record<string, unknown> {
  // timm crashes without workers.
  const all = { ...args, ...used, workers: Math.max(1, args.workers) };
  const rows = trainFlagRows()
    .filter(([name]) => !NOT_SAVED.includes(name))
    .filter(([name, flag]) => !flag.savedIfSet || !isSame(all[name], flag.default))
    .map(([name]) => [separated(name, "_"), all[name]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(rows);
}

function isSame(value: unknown, fallback: Flag["default"]): boolean {
  return JSON.stringify(value) === JSON.stringify(fallback);
}

/** The text of `args.yaml`: the saved arguments below a comment on what timm has not or does otherwise. */
export function argsYaml(args: TrainArguments, saved: Readonly<Record<string, unknown>>): string {
  const comments = differencesFromTimm(args).map((line) => `# ${line}\n`);
  const options = {
    version: "1.1",
    customTags: (tags: Tags) => [pythonFloat, ...tags],
    lineWidth: 0,
  } as const;
  return comments.join("") + stringify(saved, options);
}

function differencesFromTimm(args: TrainArguments): string[] {
  const { traits } = findSchedule(args.sched);
  const values: Readonly<Record<string, unknown>> = { ...args };
  const notInTimm = [...TIMM_HAS_NOT, ...registeredArguments()];
  return [
    ...(args.dataDir === null ? ["data_dir null is the image set built into tsimm"] : []),
    ...(traits.inTimm ? [] : [`timm has no schedule "${args.sched}"`]),
    ...(isTimmOptimizer(args.opt) ? [] : [`timm has no optimizer "${args.opt}"`]),
    ...(args.task !== DEFAULT_TASK ? [`timm has no task "${args.task}"`] : []),
    ...notInTimm
      .filter((name) => !isSame(values[name], findFlag(name)?.default ?? null))
      .map((name) => `timm has no --${separated(name, "-")}`),
    ...(args.power !== null ? ["timm has no --power; poly takes it from --decay-rate"] : []),
    ...(traits.followsMetric && args.cooldownEpochs > 0
      ? [`timm ignores cooldown_epochs of ${args.sched}`]
      : []),
    ...(args.lrNoise !== null && args.lrNoiseStd !== 1 ? ["timm ignores lr_noise_std"] : []),
    ...(args.milestoneTiming !== "timm" ? ["timm decays one epoch before each milestone"] : []),
  ];
}

/** Whether it is not one that a user has registered, perhaps behind `lookahead_`. */
function isTimmOptimizer(opt: string): boolean {
  return builtInNames.optimizer.includes(findOptimizer("train", opt).definition.name);
}

function isOff(value: unknown): boolean {
  return (
    value === null ||
    value === false ||
    value === "" ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0)
  );
}

// timm writes a list flag of one value as a bare one now and then.
function asList(name: ArgumentName, value: unknown): unknown {
  const type = findFlag(name)?.type;
  const isOne =
    ((type === "ints" || type === "floats") && typeof value === "number") ||
    (type === "strings" && typeof value === "string");
  return isOne ? [value] : value;
}
