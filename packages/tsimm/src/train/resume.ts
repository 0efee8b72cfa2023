/** Going on from a checkpoint. */
import type { Scheduler, SchedulerState } from "@tsimm/scheduler";
import type { Model } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { UsageError } from "../usage-error.ts";
import { loadState } from "../weights/load-state.ts";
import { fromKeys } from "./args-yaml.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { type Checkpoint, findCheckpoint } from "./checkpoint.ts";
import { readWeights } from "./read-weights.ts";
import type { Reporter } from "./reporter.ts";
import type { RunProgress } from "./run.ts";

/** A checkpoint, and the arguments that it was written under. */
export interface Resume {
  readonly checkpoint: Checkpoint;
  readonly saved: Partial<TrainArguments>;
}

/** What a checkpoint is loaded into. */
export interface ResumeTarget {
  readonly args: TrainArguments;
  /** What was given on the command line: it beats the checkpoint. */
  readonly given: Partial<TrainArguments>;
  readonly classNames: readonly string[];
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly scheduler: Scheduler;
  readonly ema: ModelEma | null;
}

/** What the optimizer's groups call the options of these arguments. */
const OPTION_NAMES = {
  weightDecay: "weightDecay",
  momentum: "momentum",
  optEps: "eps",
  optBetas: "betas",
} as const;

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
  const { args, given, model, scheduler, ema } = target;
  checkFits(checkpoint, saved, target);
  loadState(model, tensors.model);
  if (ema !== null && tensors.ema !== null) ema.load(tensors.ema);
  if (!args.noResumeOpt) {
    loadOptimizer(checkpoint, target);
    const sameSchedule = state.scheduler["scheduler"] === scheduler.stateDict().scheduler;
    const keepBase = ["lr", "lrBase", "lrBaseSize", "lrBaseScale"].some(
      (name) => given[name as "lr"] !== undefined,
    );
    if (sameSchedule) scheduler.loadStateDict(state.scheduler as unknown as SchedulerState, { keepBase });
  }
  const { inEpoch, running, best, kept, metricHistory } = state;
  const epoch = inEpoch ? state.epoch : state.epoch + 1;
  if (args.noResumeOpt || state.scheduler["scheduler"] !== scheduler.stateDict().scheduler) {
    scheduler.stepUpdate(state.update);
    scheduler.step(epoch);
  }
  return {
    epoch,
    update: state.update,
    batch: inEpoch ? state.batch : 0,
    running: inEpoch ? { ...running } : { loss: 0, images: 0 },
    rows: metricHistory,
    best,
    kept,
  };
}

/**
 * Loads `--initial-checkpoint`: the weights of a safetensors file, all of them and nothing else; the moving average
 * where there is one, as timm does, said in the log.
 *
 * @throws UsageError if the file cannot be read; Error if its tensors do not fit.
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
  loadState(model, tensors);
}

function checkFits(
  { path, state }: Checkpoint,
  saved: Partial<TrainArguments>,
  { args, classNames, model }: ResumeTarget,
): void {
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

/** Restores optimizer state; options given on the command line stay as given. */
function loadOptimizer({ state, tensors }: Checkpoint, { given, optimizer }: ResumeTarget): void {
  const fresh = optimizer.paramGroups.map((group) => ({ ...group }));
  const slots = new Map(
    [...tensors.optimizer].flatMap(([name, { data }]) =>
      data instanceof Float32Array ? [[name, data]] : [],
    ),
  );
  optimizer.loadStateDict({ ...state.optimizer, slots });
  const kept = (["weightDecay", "momentum", "optEps", "optBetas"] as const).filter(
    (name) => given[name] !== undefined,
  );
  for (const [index, group] of optimizer.paramGroups.entries()) {
    const fields: Record<string, unknown> = group;
    for (const name of kept) {
      const field = OPTION_NAMES[name];
      if (field in group) fields[field] = fresh[index]?.[field];
    }
  }
}
