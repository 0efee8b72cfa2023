/** Settings of a run that timm's train.py does not have or treats in another way. */
import { findSchedule } from "@tsimm/scheduler";
import { findOptimizer } from "../optim/optimizers.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import { printable } from "../text/printable.ts";
import {
  type ArgumentName,
  type Flag,
  findFlag,
  registeredArguments,
  separated,
  type TrainArguments,
} from "./arguments.ts";
import { isAddress } from "./data-place.ts";
import { builtInNames } from "./generated/built-ins.ts";
import { isOnnxPath } from "./onnx-path.ts";

/** One difference. */
export interface TimmDifference {
  readonly text: string;
  /**
   * `stops`: timm cannot train this at all. `changes`: it trains otherwise. `settled`: `instead` brings it to the same.
   */
  readonly fate: "stops" | "changes" | "settled";
  /** Keys of timm that come nearest. */
  readonly instead?: Readonly<Record<string, unknown>>;
  /** What to do where timm cannot train this. */
  readonly cure?: string;
  /** true: it is about a part of the model that is not trained. */
  readonly ofFrozen?: boolean;
}

/** Flags of ours that change the result. */
const TIMM_HAS_NOT = [
  "classWeights",
  "balancedSampling",
  "imageColumn",
  "labelColumns",
  "earlyStopEpochs",
] as const;

const FOLDER = "pass a folder <split>/<class>/<image> of the same images with --data-dir";

/** Flags of ours that leave a part of the model as it is. */
const FREEZE = ["freeze", "headOnly"] as const;

/** Model families whose constructor takes options of batch normalizations in timm. */
const TAKES_BATCH_NORM = /^(tf_|test_)?(efficientnet|mobilenet|mixnet)/;

/** The differences of a run of these arguments, in the order in which `args.yaml` names them. */
export function timmDifferences(args: TrainArguments): TimmDifference[] {
  return [
    ...dataDifferences(args),
    ...scheduleDifferences(args),
    ...optimizerDifferences(args),
    ...(args.task !== DEFAULT_TASK ? [stops(`timm has no task "${args.task}"`)] : []),
    ...ownFlags(args),
    ...modelDifferences(args),
    ...lossDifferences(args),
  ];
}

function dataDifferences({ dataDir }: TrainArguments): TimmDifference[] {
  if (dataDir === null) return [stops("data_dir null is the image set built into tsimm", FOLDER)];
  if (/\.tar$/i.test(dataDir)) {
    const text = "timm reads a .tar whole for both splits and trains on the validation images; unpack it";
    const place = printable(dataDir);
    return [stops(text, `tar -xf "${place}" -C FOLDER, and pass the folder with --data-dir`)];
  }
  if (/\.csv$/i.test(dataDir)) return [stops("timm reads no .csv", FOLDER)];
  return isAddress(dataDir) ? [stops(`timm reads no ${printable(dataDir)}`, FOLDER)] : [];
}

function scheduleDifferences(args: TrainArguments): TimmDifference[] {
  const { traits, flags = {} } = findSchedule(args.sched);
  const follows = traits.followsMetric;
  return [
    ...(traits.inTimm
      ? without(args, Object.keys(flags))
      : [changes(`timm has no schedule "${args.sched}"`, { sched: "cosine" })]),
    ...(args.power === null || !traits.hasPower
      ? []
      : [
          settled("timm has no --power; poly takes it from --decay-rate", {
            ...{ decay_rate: args.power, power: null },
          }),
        ]),
    ...(follows && args.cooldownEpochs > 0 ? [changes(`timm ignores cooldown_epochs of ${args.sched}`)] : []),
    ...(follows && !(isDefault(args, "plateauThreshold") && isDefault(args, "thresholdMode"))
      ? [changes(`timm has no --plateau-threshold and no --threshold-mode; ${args.sched} takes 1e-4 rel`)]
      : []),
    ...(args.lrNoise !== null && args.lrNoiseStd !== 1 ? [changes("timm ignores lr_noise_std")] : []),
    ...(args.milestoneTiming === "timm" || traits.dropsAt !== "decayMilestones"
      ? []
      : [milestoneDifference(args)]),
  ];
}

function milestoneDifference({ decayMilestones, schedOnUpdates }: TrainArguments): TimmDifference {
  const instead = { milestone_timing: "timm" };
  if (schedOnUpdates) return changes("timm decays one update before each milestone", instead);
  const later = decayMilestones.map((epoch) => epoch + 1);
  return settled("timm decays one epoch before each milestone", { decay_milestones: later, ...instead });
}

function optimizerDifferences({ opt, momentum, optKwargs }: TrainArguments): TimmDifference[] {
  const { name, defaults } = findOptimizer("train", opt).definition;
  if (!builtInNames.optimizer.includes(name)) return [stops(`timm has no optimizer "${opt}"`)];
  const looksAhead = "momentum" in defaults && "nesterov" in defaults && defaults["nesterov"] === true;
  if (momentum !== 0 || !looksAhead || optKwargs?.["nesterov"] === false) return [];
  const text = `timm's ${name} needs a momentum > 0, or opt_kwargs nesterov: false, which is the same without it`;
  return [settled(text, { opt_kwargs: { ...optKwargs, nesterov: false } })];
}

function ownFlags(args: TrainArguments): TimmDifference[] {
  const names = [...TIMM_HAS_NOT, ...registeredArguments()];
  return [
    ...without(args, names),
    ...FREEZE.filter((name) => !isDefault(args, name)).map((name) => ({
      ...changes(`timm has no --${separated(name, "-")} and trains every part of the model`),
      ofFrozen: true,
    })),
  ];
}

function modelDifferences(args: TrainArguments): TimmDifference[] {
  const { model, dropConnect, dropPath, augRepeats } = args;
  const batchNorms = (["bnMomentum", "bnEps"] as const).filter((name) => args[name] !== null);
  return [
    ...(isOnnxPath(model) ? [stops("timm trains no ONNX file")] : []),
    ...(TAKES_BATCH_NORM.test(model)
      ? []
      : batchNorms.map((name) => {
          const key = separated(name, "_");
          return changes(`timm's ${model} takes no ${key}`, { [key]: null });
        })),
    ...(dropConnect === null
      ? []
      : [
          settled("timm ignores drop_connect; drop_path is its new name", {
            ...{ drop_path: dropPath ?? dropConnect, drop_connect: null },
          }),
        ]),
    ...(augRepeats > 0 ? [changes("timm takes aug_repeats with several processes only")] : []),
  ];
}

function lossDifferences(args: TrainArguments): TimmDifference[] {
  const { bceLoss, smoothing, batchSize } = args;
  return [
    ...(bceLoss && smoothing === 0 && !mixes(args)
      ? [changes("timm ignores bce_loss without smoothing, mixup and CutMix")]
      : []),
    ...(mixes(args) && batchSize % 2 !== 0
      ? [settled("timm mixes batches of an even number of images only", {})]
      : []),
  ];
}

/** Whether images are mixed. */
export function mixes({
  mixup,
  cutmix,
  cutmixMinmax,
}: Pick<TrainArguments, "mixup" | "cutmix" | "cutmixMinmax">): boolean {
  return mixup > 0 || cutmix > 0 || cutmixMinmax !== null;
}

/** Those of flags that timm does not have which were given. */
function without(args: TrainArguments, names: readonly string[]): TimmDifference[] {
  return names
    .filter((name) => !isDefault(args, name))
    .map((name) => changes(`timm has no --${separated(name, "-")}`));
}

function isDefault(args: TrainArguments, name: string): boolean {
  const value: unknown = Object.entries(args).find(([key]) => key === name)?.[1] ?? null;
  return isSame(value, findFlag(name as ArgumentName)?.default ?? null);
}

function isSame(value: unknown, fallback: Flag["default"]): boolean {
  return JSON.stringify(value) === JSON.stringify(fallback);
}

function stops(text: string, cure = "it goes on here with tsimm train --resume"): TimmDifference {
  return { text, fate: "stops", cure };
}

function changes(text: string, instead: TimmDifference["instead"] = {}): TimmDifference {
  return { text, fate: "changes", instead };
}

function settled(text: string, instead: Readonly<Record<string, unknown>>): TimmDifference {
  return { text, fate: "settled", instead };
}
