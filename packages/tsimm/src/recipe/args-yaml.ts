/**
 * `args.yaml`: the arguments of a run under timm's keys, so that `tsimm train -c args.yaml` repeats it and
 * timm's `train.py --config args.yaml` can take it over.
 */
import { findSchedule } from "@tsimm/scheduler";
import { type ScalarTag, stringify, type Tags } from "yaml";
import { findOptimizer } from "../optim/optimizers.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import {
  type ArgumentName,
  type Flag,
  findFlag,
  registeredArguments,
  separated,
  type TrainArguments,
  trainFlagRows,
} from "./arguments.ts";
import { builtInNames } from "./generated/built-ins.ts";

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
    .map(
      ([name, flag]) =>
        [separated(name, "_"), flag.type === "map" ? timmKeys(all[name]) : all[name]] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(rows);
}

/** Options by timm's names. */
function timmKeys(value: unknown): unknown {
  const pairs = Object.entries(value ?? {}).map(([key, one]) => [separated(key, "_"), one]);
  return value === null ? null : Object.fromEntries(pairs);
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
