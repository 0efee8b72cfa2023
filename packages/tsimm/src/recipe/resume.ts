/** Going on from a checkpoint. */
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Checkpoint, type CheckpointHeader, resumePath } from "../checkpoint/checkpoint.ts";
import type { DataDigest } from "../checkpoint/data-digest.ts";
import { findCheckpoint } from "../checkpoint/find-checkpoint.ts";
import { type ClaimedFolder, claimFolder } from "../checkpoint/output-folder.ts";
import { readWeights } from "../checkpoint/read-weights.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import type { Reporter } from "../listeners/reporter.ts";
import type { Model } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import { printable } from "../text/printable.ts";
import type { RunProgress } from "../train/run.ts";
import { UsageError } from "../usage-error.ts";
import { loadState } from "../weights/load-state.ts";
import { fromKeys, readConfiguration } from "./args-yaml.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { earlierRates } from "./earlier-plan.ts";
import { resumePoint, resumeSchedule, type ScheduleTarget } from "./resume-schedule.ts";

/** A run to go on with. */
export interface Resume {
  /** Folder of the run, absolute. */
  readonly folder: string;
  /** null: the run was stopped before its first checkpoint and starts from the beginning. */
  readonly checkpoint: Checkpoint | null;
  /** Arguments that it was written under. */
  readonly saved: Partial<TrainArguments>;
  /** All good states in the folder, newest first. */
  readonly states: readonly CheckpointHeader[];
  /** Where the run goes on; null: in a new folder. */
  readonly claimed: ClaimedFolder | null;
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

/**
 * Locks the run of `--resume`, reads its newest checkpoint, or the one named, and logs which saved arguments the given
 * ones change.
 *
 * @throws UsageError if there is no run, it cannot be read, it is in use, or its images are gone.
 */
export async function openResume(
  target: string,
  given: Partial<TrainArguments>,
  reporter: Reporter,
): Promise<Resume> {
  const stats = await stat(target).catch(() => null);
  const folder = resolve(stats?.isDirectory() ? target : dirname(target));
  const claimed = stats === null ? null : await claimSame(folder, given);
  try {
    const { checkpoint, states } = await findCheckpoint(target, reporter.warn);
    const saved =
      checkpoint === null
        ? await startingArguments(folder)
        : savedArguments(checkpoint.path, checkpoint.state);
    if (checkpoint === null) {
      reporter.info(
        `${printable(folder)} holds no checkpoint yet: starting from the beginning with its args.yaml`,
      );
    } else {
      const { path, state } = checkpoint;
      reporter.info(`Resuming from ${printable(path)} (epoch ${state.epoch}, update ${state.update})`);
    }
    logChanges(saved, given, reporter);
    await checkDataDir(target, saved, given);
    return { folder, checkpoint, saved, states, claimed };
  } catch (error) {
    await claimed?.lock.release();
    throw error;
  }
}

/** Claims the run's own folder, unless the arguments name another one to go on in. */
async function claimSame(folder: string, given: Partial<TrainArguments>): Promise<ClaimedFolder | null> {
  if (given.output || given.experiment) {
    const other = resolve(given.output || dirname(folder), given.experiment || basename(folder));
    const real = (path: string) => realpath(path).catch(() => path);
    if ((await real(other)) !== (await real(folder))) return null;
  }
  return claimFolder(folder, "--resume");
}

function savedArguments(path: string, state: RunState): Partial<TrainArguments> {
  try {
    return fromKeys(state.args).given;
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold arguments of this version, got "${printable(path)}": ${(error as Error).message}`,
    );
  }
}

async function startingArguments(folder: string): Promise<Partial<TrainArguments>> {
  const path = join(folder, "args.yaml");
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isThere) {
    throw new UsageError(
      `train: --resume found no usable .resume.safetensors file in "${printable(folder)}", which holds no run; start it anew with its own command`,
    );
  }
  return (await readConfiguration(path)).given;
}

function logChanges(
  saved: Partial<TrainArguments>,
  given: Partial<TrainArguments>,
  { info }: Reporter,
): void {
  for (const [name] of trainFlagRows()) {
    const now = given[name];
    if (name === "resume" || now === undefined || now === null) continue;
    if (String(now) !== String(saved[name] ?? null)) {
      info(printable(`Resume: ${separated(name, "_")} ${saved[name] ?? null} -> ${now} (command line)`));
    }
  }
}

async function checkDataDir(
  target: string,
  { dataDir }: Partial<TrainArguments>,
  given: Partial<TrainArguments>,
): Promise<void> {
  if (given.dataDir || !dataDir) return;
  const isThere = await stat(dataDir).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new UsageError(
    `train: the images were in "${printable(dataDir)}", which is not there; pass the new folder: tsimm train FOLDER --resume "${printable(target)}"`,
  );
}

/**
 * Compares the images with those that the checkpoint was written with.
 *
 * @throws UsageError in mid-epoch if they have changed; else that is a warning.
 */
export function checkData({ path, state }: Checkpoint, now: DataDigest, { warn }: Reporter): void {
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
 * @returns Where the run goes on.
 * @throws UsageError if the checkpoint is of another model, other classes, or in mid-epoch with other batches.
 */
export function applyCheckpoint(
  { checkpoint, saved }: { readonly checkpoint: Checkpoint; readonly saved: Partial<TrainArguments> },
  target: ResumeTarget,
): RunProgress {
  const { state, tensors } = checkpoint;
  const { args, given, model, ema, reporter } = target;
  checkFits(checkpoint, saved, target);
  loadState(model, tensors.model);
  if (ema !== null && tensors.ema !== null) ema.load(tensors.ema);
  const startEpoch = given.startEpoch ?? null;
  const point = resumePoint(state, startEpoch, target);
  const { line, earlierPlans } = fromState(checkpoint, () => {
    // Drawn at the end of the run, which is late for an error.
    for (const plan of state.earlierPlans ?? []) earlierRates(plan, 1);
    if (!args.noResumeOpt) loadOptimizer(checkpoint, target);
    return resumeSchedule(state, saved, target, point);
  });
  if (line !== null) reporter.info(line);
  const { inEpoch, running, best, kept, metricHistory } = state;
  if (startEpoch === null) {
    const loss = inEpoch ? { ...running } : { loss: 0, images: 0 };
    return { ...point, running: loss, rows: metricHistory, best, kept, earlierPlans };
  }
  const before = <T extends { readonly epoch: number }>(entry: T) => entry.epoch < startEpoch;
  return {
    ...point,
    running: { loss: 0, images: 0 },
    rows: metricHistory.filter(before),
    kept: kept.filter(before),
    best: best !== null && before(best) ? best : (kept.find(before) ?? null),
    earlierPlans,
  };
}

/** Blames the file, not a flag of the same name, for a value in it that is out of range. */
function fromState<T>({ path }: Checkpoint, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold values in their ranges, got "${printable(path)}": ${printable((error as Error).message)}`,
    );
  }
}

/**
 * Loads `--initial-checkpoint`: the weights of a safetensors file, all of them and nothing else; the moving average
 * where there is one, as timm does, said in the log.
 *
 * @throws UsageError if the file cannot be read or its tensors do not fit.
 */
export async function loadInitialWeights(
  model: Model,
  { initialCheckpoint, noInitialEma }: TrainArguments,
  { info }: Reporter,
): Promise<void> {
  const reading = readWeights(initialCheckpoint, { average: !noInitialEma });
  const { tensors, average, path } = await reading.catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `train: --initial-checkpoint must be a readable safetensors file, got "${initialCheckpoint}" (${error.code ?? error.message})`,
    );
  });
  if (average) {
    info(`Initial weights: the moving average in ${path}; --no-initial-ema takes the plain ones`);
  }
  try {
    loadState(model, tensors);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new UsageError(
      `train: --initial-checkpoint must hold the weights of --model, got "${initialCheckpoint}" (${reason})`,
      { cause: error },
    );
  }
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
      `train: --model must be the checkpoint's "${printable(state.arch)}", got "${model.name}" for ${printable(path)}`,
    );
  }
  if (state.classNames.join("\n") !== classNames.join("\n")) {
    throw new UsageError(
      `train: the data folder must have the checkpoint's classes [${printable(state.classNames.join(", "))}], got [${printable(classNames.join(", "))}]`,
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
