/** Loads a checkpoint into the parts of a run. */
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Checkpoint, resumePath } from "../checkpoint/checkpoint.ts";
import type { Kept } from "../checkpoint/checkpoint-history.ts";
import type { DataDigest } from "../checkpoint/data-digest.ts";
import type { EarlierPlan } from "../checkpoint/run-state.ts";
import type { Model } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import { printable } from "../text/printable.ts";
import type { TrainingProgress } from "../train/training-state.ts";
import { UsageError } from "../usage-error.ts";
import { loadState } from "../weights/load-state.ts";
import { registeredArguments, separated, type TrainArguments } from "./arguments.ts";
import { earlierRates } from "./earlier-plan.ts";
import { isGiven } from "./given.ts";
import type { Log } from "./log.ts";
import { resumePoint, resumeSchedule, type ScheduleTarget } from "./resume-schedule.ts";

/** Point that a run goes on from. */
export interface ResumedProgress {
  readonly progress: TrainingProgress;
  /** Best checkpoints that the state names, best first. */
  readonly kept: readonly Kept[];
  readonly earlierPlans: readonly EarlierPlan[];
}

/** Parts of a run that a checkpoint is loaded into. */
export interface ResumeTarget extends ScheduleTarget {
  /** Arguments given on the command line; they beat the checkpoint's. */
  readonly given: Partial<TrainArguments>;
  /** Names of the classes or outputs of the data. */
  readonly outputNames: readonly string[];
  readonly model: Model;
  readonly ema: ModelEma | null;
  readonly log: Log;
}

/** Fields of the optimizer's groups that follow from each argument. */
const GROUP_FIELDS = {
  weightDecay: "weightDecay",
  momentum: "momentum",
  optEps: "eps",
  optBetas: "betas",
  layerDecay: "lrScale",
  layerDecayMinScale: "lrScale",
  layerDecayNoOptScale: "lrScale",
} as const satisfies Partial<Record<keyof TrainArguments, string>>;

/**
 * Compares the images with those that the checkpoint was written with.
 *
 * @throws UsageError in mid-epoch if they have changed; else that is a warning.
 */
export function checkData({ path, state }: Checkpoint, now: DataDigest, { warn }: Log): void {
  // Earlier versions wrote none.
  if (state.data === undefined) return;
  const { training, validation } = state.data;
  const changed = [
    ...(training === now.training ? [] : ["training"]),
    // Validation may be switched on or off.
    ...(validation === null || now.validation === null || validation === now.validation
      ? []
      : ["validation"]),
  ];
  if (changed.length === 0) return;
  const images = `${changed.join(" and ")} images`;
  if (!(state.inEpoch && state.batch > 0)) {
    warn(
      `the ${images} are not those that the checkpoint was written with: names, labels or contents differ`,
    );
    return;
  }
  const cure =
    state.metricHistory.length > 0
      ? `train the epoch anew with --resume "${printable(resumePath(dirname(path), "last"))}"`
      : "start anew with --overwrite";
  throw new UsageError(
    `train: the ${images} must be those that epoch ${state.epoch} began with to go on in the middle of it, got others: names, labels or contents differ; bring them back, or ${cure}`,
  );
}

/**
 * Loads a checkpoint into a run's parts.
 *
 * @returns The point that the run goes on from.
 * @throws UsageError if the checkpoint is of another model, other classes, or in mid-epoch with other batches.
 */
export function applyCheckpoint(
  { checkpoint, saved }: { readonly checkpoint: Checkpoint; readonly saved: Partial<TrainArguments> },
  target: ResumeTarget,
): ResumedProgress {
  const { state, tensors } = checkpoint;
  const { args, given, model, ema, log } = target;
  checkFits(checkpoint, saved, target);
  fromFile(checkpoint, () => {
    loadState(model, tensors.model);
    if (ema !== null && tensors.ema !== null) ema.load(tensors.ema);
  });
  const startEpoch = given.startEpoch ?? null;
  const point = resumePoint(state, startEpoch, target);
  fromState(checkpoint, "", () => {
    // Drawn at the end of the run, which is late for an error.
    for (const plan of state.earlierPlans ?? []) earlierRates(plan, 1);
  });
  const cure = args.noResumeOpt ? "" : "; pass --no-resume-opt to start optimizer and schedule anew";
  const { line, earlierPlans } = fromState(checkpoint, cure, () => {
    if (!args.noResumeOpt) loadOptimizer(checkpoint, target);
    return resumeSchedule(state, saved, target, point);
  });
  if (line !== null) log.info(line);
  const { inEpoch, running, best, kept, metricHistory, byOutput } = state;
  if (startEpoch === null) {
    const loss = inEpoch ? { ...running } : { loss: 0, images: 0 };
    const progress = { ...point, running: loss, history: metricHistory, best, byOutput };
    return { progress, kept, earlierPlans };
  }
  const before = <T extends { readonly epoch: number }>(entry: T) => entry.epoch < startEpoch;
  const isKept = best !== null && before(best);
  const progress = {
    ...{ ...point, running: { loss: 0, images: 0 }, history: metricHistory.filter(before) },
    best: isKept ? best : (kept.find(before) ?? null),
    byOutput: isKept ? byOutput : [],
  };
  return { progress, kept: kept.filter(before), earlierPlans };
}

/** Blames the file for weights that are not the model's. */
function fromFile({ path }: Checkpoint, load: () => void): void {
  try {
    load();
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold the weights of the model, got "${printable(path)}": ${printable((error as Error).message)}; pass the --model and --num-classes that it was saved with, or start a new run with --initial-checkpoint`,
    );
  }
}

/** Blames the file, not a flag of the same name, for a value in it that is out of range. */
function fromState<T>({ path }: Checkpoint, cure: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold values in their ranges, got "${printable(path)}": ${printable((error as Error).message)}${cure}`,
    );
  }
}

function checkFits(
  { path, state }: Checkpoint,
  saved: Partial<TrainArguments>,
  { args, outputNames, model, optimizer }: ResumeTarget,
): void {
  if (!args.noResumeOpt && state.optimizer.name !== optimizer.name) {
    throw new UsageError(
      `train: --opt must be the checkpoint's "${state.optimizer.name}", got "${optimizer.name}"; pass --no-resume-opt to start its state anew`,
    );
  }
  const { arch } = state.model;
  if (arch !== model.name) {
    throw new UsageError(
      `train: --model must be the checkpoint's "${printable(arch)}", got "${model.name}" for ${printable(path)}`,
    );
  }
  const { task } = state;
  if (task.name !== args.task) {
    throw new UsageError(
      `train: --task must be the checkpoint's "${printable(task.name)}", got "${args.task}" for ${printable(path)}`,
    );
  }
  if (task.outputNames.join("\n") !== outputNames.join("\n")) {
    throw new UsageError(
      `train: the data folder must have the checkpoint's classes [${printable(task.outputNames.join(", "))}], got [${printable(outputNames.join(", "))}]`,
    );
  }
  const batches = ["batchSize", "gradAccumSteps", "seed"] as const;
  const changed = batches.find((name) => args[name] !== saved[name]);
  if (state.inEpoch && state.batch > 0 && changed !== undefined) {
    const cure =
      state.metricHistory.length > 0 ? "resume from last.resume.safetensors" : "start anew with --overwrite";
    throw new UsageError(
      `train: --${separated(changed, "-")} must be ${saved[changed]} to go on in the middle of an epoch, got ${args[changed]}; ${cure} instead`,
    );
  }
}

/**
 * Restores optimizer state. Rates, and options that follow from given arguments, stay those of the new run; so do all
 * where parameters are grouped in another way.
 */
function loadOptimizer({ state, tensors }: Checkpoint, { given, optimizer }: ResumeTarget): void {
  const changed = new Set<string>(["lr", "initialLr"]);
  for (const [name, field] of Object.entries(GROUP_FIELDS)) {
    if (given[name as keyof typeof GROUP_FIELDS] !== undefined) changed.add(field);
  }
  for (const name of registeredArguments()) if (isGiven(given, name)) changed.add(name);
  const names = optimizer.paramGroups.map(({ params }) => params.map(({ name }) => name));
  const isRegrouped = !isDeepStrictEqual(
    names,
    state.optimizer.groups.map(({ params }) => params),
  );
  const groups = optimizer.paramGroups.map(({ params: _, ...options }, i) => {
    const saved = isRegrouped ? {} : state.optimizer.groups[i]?.options;
    const own = Object.entries(options).filter(([field]) => changed.has(field));
    return { params: names[i] ?? [], options: { ...saved, ...Object.fromEntries(own) } };
  });
  const driven = new Set(names.flat());
  const slots = new Map(
    [...tensors.optimizer].flatMap(([name, { data }]) =>
      data instanceof Float32Array && (!isRegrouped || driven.has(name.slice(0, name.lastIndexOf("."))))
        ? [[name, data]]
        : [],
    ),
  );
  optimizer.loadStateDict({ ...state.optimizer, groups, slots });
}
