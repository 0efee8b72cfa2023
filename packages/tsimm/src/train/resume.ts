/** Going on from a checkpoint. */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Model } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import { UsageError } from "../usage-error.ts";
import { loadState } from "../weights/load-state.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";
import { fromKeys } from "./args-yaml.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { type Checkpoint, findCheckpoint } from "./checkpoint.ts";
import type { Reporter } from "./reporter.ts";
import { resumePoint, resumeSchedule, type ScheduleTarget } from "./resume-schedule.ts";
import type { RunProgress } from "./run.ts";

/** A checkpoint, and the arguments that it was written under. */
export interface Resume {
  readonly checkpoint: Checkpoint;
  readonly saved: Partial<TrainArguments>;
}

/** What a checkpoint is loaded into. */
export interface ResumeTarget extends ScheduleTarget {
  /** What was given on the command line: it beats the checkpoint. */
  readonly given: Partial<TrainArguments>;
  readonly classNames: readonly string[];
  readonly model: Model;
  readonly ema: ModelEma | null;
  readonly reporter: Reporter;
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

/** Reads the checkpoint of `--resume` and logs which saved arguments the given ones change. */
export async function openResume(
  target: string,
  given: Partial<TrainArguments>,
  { info, warn }: Reporter,
): Promise<Resume> {
  const checkpoint = await findCheckpoint(target, warn);
  const { given: saved } = fromKeys(checkpoint.state.args);
  info(
    `Resuming from ${checkpoint.path} (epoch ${checkpoint.state.epoch}, update ${checkpoint.state.update})`,
  );
  for (const [name] of trainFlagRows()) {
    const now = given[name];
    if (name === "resume" || now === undefined || now === null) continue;
    if (String(now) !== String(saved[name] ?? null)) {
      info(`Resume: ${separated(name, "_")} ${saved[name] ?? null} -> ${now} (command line)`);
    }
  }
  return { checkpoint, saved };
}

/**
 * Loads a checkpoint into a run's parts.
 *
 * @returns Where the run goes on.
 * @throws UsageError if the checkpoint is of another model, other classes, or in mid-epoch with other batches.
 */
export function applyCheckpoint({ checkpoint, saved }: Resume, target: ResumeTarget): RunProgress {
  const { state, tensors } = checkpoint;
  const { args, given, model, ema, reporter } = target;
  checkFits(checkpoint, saved, target);
  loadState(model, tensors.model);
  if (ema !== null && tensors.ema !== null) ema.load(tensors.ema);
  if (!args.noResumeOpt) loadOptimizer(checkpoint, target);
  const point = resumePoint(state, given.startEpoch ?? null, target);
  const { line, earlierPlans } = resumeSchedule(state, saved, target, point);
  if (line !== null) reporter.info(line);
  const { inEpoch, running, best, kept, metricHistory } = state;
  return {
    ...point,
    running: inEpoch ? { ...running } : { loss: 0, images: 0 },
    rows: metricHistory,
    best,
    kept,
    earlierPlans,
  };
}

/**
 * Loads `--initial-checkpoint`: the weights of a safetensors file, all of them and nothing else.
 *
 * @throws UsageError if the file cannot be read; Error if its tensors do not fit.
 */
export async function loadInitialWeights(model: Model, path: string): Promise<void> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `train: --initial-checkpoint must be a readable safetensors file, got "${path}" (${error.code})`,
    );
  });
  loadState(model, decodeSafetensors(bytes).tensors);
}

function checkFits(
  { path, state }: Checkpoint,
  saved: Partial<TrainArguments>,
  { args, classNames, model, optimizer }: ResumeTarget,
): void {
  if (!args.noResumeOpt && state.optimizer.name !== optimizer.name) {
    throw new UsageError(
      `train: --opt must be the checkpoint's "${state.optimizer.name}", got "${optimizer.name}"; pass --no-resume-opt to start its state anew`,
    );
  }
  if (state.arch !== model.name) {
    throw new UsageError(
      `train: --model must be the checkpoint's "${state.arch}", got "${model.name}" for ${path}`,
    );
  }
  if (state.classNames.join("\n") !== classNames.join("\n")) {
    throw new UsageError(
      `train: the data folder must have the checkpoint's classes [${state.classNames.join(", ")}], got [${classNames.join(", ")}]`,
    );
  }
  const batches = ["batchSize", "gradAccumSteps", "seed"] as const;
  const changed = batches.find((name) => args[name] !== saved[name]);
  if (state.inEpoch && changed !== undefined) {
    throw new UsageError(
      `train: --${separated(changed, "-")} must be ${saved[changed]} to go on in the middle of an epoch, got ${args[changed]}; resume from last.resume.safetensors instead`,
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
