/** Options of the training loop, and their checks. */
import type { Scheduler } from "@tsimm/scheduler";
import type { Loader } from "../data/batch.ts";
import type { MixupOptions } from "../data/mixup.ts";
import type { RandomErasingOptions } from "../data/random-erasing.ts";
import type { FrozenOption } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import type { ClipMode } from "../optim/clip.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Task } from "../task/task.ts";
import { suggestion } from "../text/suggestion.ts";
import type { Updater } from "../update/updater.ts";
import { checkParts } from "./check-parts.ts";
import type { BatchOutputs } from "./evaluate.ts";
import type { Best, EpochRow } from "./events.ts";
import type { Listener } from "./listener.ts";
import type { TrainingProgress, TrainingState } from "./training-state.ts";

/** The updater, or the parts that one is made from. */
export type FitUpdater =
  | {
      /** Changes the weights; stays open, its maker closes it. */
      readonly updater: Updater;
      readonly engine?: undefined;
      readonly model?: undefined;
      readonly optimizer?: undefined;
      readonly frozen?: undefined;
    }
  | {
      readonly updater?: undefined;
      /** Computes losses, gradients and evaluations. */
      readonly engine: Engine;
      readonly model: Model;
      /** Over the model's parameters. */
      readonly optimizer: Optimizer;
      /** Moving average of the model's state; absent: none. */
      readonly average?: ModelEma | null;
      /** Part of the model that is not trained, as patterns or from `freeze`; absent: none. */
      readonly frozen?: FrozenOption | null;
      /** Bound of the gradients, > 0; absent: none. */
      readonly clipGrad?: number | null;
      /** Quantity that `clipGrad` bounds; absent: the norm of all gradients together. */
      readonly clipMode?: ClipMode;
      /** Mean of each channel, of pixels in [0, 1], that images are normalised with; absent: the model's own. */
      readonly mean?: readonly number[];
      /** Standard deviation of each channel, > 0; absent: the model's own. */
      readonly std?: readonly number[];
      /** Threads of the engine, an integer >= 1; absent: all cores. */
      readonly threads?: number;
    };

/** Options of `fit` besides what changes the weights. */
export interface FitLoopOptions {
  /** Images to train on. */
  readonly loader: Loader;
  /** Images to validate on, in order; absent: no validation. */
  readonly validation?: Loader | null;
  readonly task: Task;
  /** Epochs of the whole run, an integer >= 1. */
  readonly epochs: number;
  /** Steps the learning rates of the optimizer's groups; absent: they stay. */
  readonly schedule?: Scheduler | null;
  /** Receive every event, in this order. */
  readonly listeners?: readonly Listener[];
  /** Aborting it ends the run after the current update. */
  readonly signal?: AbortSignal;
  /** Batches per update, an integer >= 1; absent: 1. */
  readonly gradAccumSteps?: number;
  /** Mixup and CutMix; absent: none. */
  readonly mixing?: MixupOptions | null;
  /** No mixing from this epoch on; absent or 0: it is never switched off. */
  readonly mixingOffEpoch?: number;
  /**
   * Random erasing of training images, after they are mixed; absent: none. An updater of one's own takes normalised batches
   * then: it is made with `trainingInput: "float32"`.
   */
  readonly erasing?: RandomErasingOptions | null;
  /** Seed of mixing, erasing, dropout and drop path, a safe integer; absent: 42. */
  readonly seed?: number;
  /** Epochs between two validations and checkpoints, an integer >= 1; absent: 1. The last epoch has both. */
  readonly valInterval?: number;
  /** Metric of the task that epochs are ranked by; absent: the task's. Without validation it is the training loss. */
  readonly metric?: string;
  /** From this epoch on everything trains that the optimizer holds, an integer >= 0; absent: what is frozen stays. */
  readonly unfreezeAt?: number | null;
  /** Updates between two checkpoints in mid-epoch, an integer >= 0; absent or 0: none. */
  readonly recoveryInterval?: number;
  /** Callback with the outputs of each batch of a validation, of the weights that count; absent: none. */
  readonly onOutputs?: ((batch: BatchOutputs) => void) | null;
  /** Updates between two log lines, for listeners that write some, an integer >= 1; absent: 50. */
  readonly logInterval?: number;
  /** Point to go on from: a whole state, or its progress where the rest was restored before; absent: at the start. */
  readonly resume?: TrainingState | { readonly progress: TrainingProgress } | null;
}

/** Options of `fit`. */
export type FitOptions = FitUpdater & FitLoopOptions;

/** Result of a training. */
export interface FitResult {
  /** `finished`: every epoch is done, or a listener stopped the run; `stopped`: the signal ended it. */
  readonly outcome: "finished" | "stopped";
  /** Best epoch by the ranking metric; null: none is done. */
  readonly best: Best | null;
  readonly history: readonly EpochRow[];
  /** Point that the run could go on from. */
  readonly progress: TrainingProgress;
}

/** Random erasing, with the numbers that bytes are normalised with. */
export type Erasing = RandomErasingOptions & {
  readonly mean: readonly number[];
  readonly std: readonly number[];
};

/** {@link FitLoopOptions} with their defaults, as far as the loop reads them over and over. */
export type LoopSettings = Required<
  Omit<FitLoopOptions, "listeners" | "signal" | "resume" | "metric" | "erasing">
> & {
  /** null: nothing is erased. */
  readonly erasing: Erasing | null;
};

/**
 * Fills in what was not given.
 *
 * @param options - Options of the loop.
 * @param model - Has the numbers that images are normalised with, unless others are given.
 */
export function loopSettings(
  options: FitLoopOptions,
  { pretrainedCfg }: Pick<Model, "pretrainedCfg">,
): LoopSettings {
  const { loader, task, epochs, validation = null, schedule = null, mixing = null } = options;
  const { gradAccumSteps = 1, mixingOffEpoch = 0, seed = 42, valInterval = 1, unfreezeAt = null } = options;
  const { recoveryInterval = 0, logInterval = 50, onOutputs = null } = options;
  const given = options.erasing && options.erasing.reprob > 0 ? options.erasing : null;
  const { mean = pretrainedCfg.mean, std = pretrainedCfg.std } = given ?? {};
  return {
    erasing: given === null ? null : { ...given, mean, std },
    ...{ loader, validation, task, epochs, schedule, gradAccumSteps, mixing, mixingOffEpoch, seed },
    ...{ valInterval, recoveryInterval, logInterval, unfreezeAt, onOutputs },
  };
}

const optionNames: { readonly [K in keyof Required<FitOptions>]: true } & Readonly<Record<string, true>> = {
  ...{ updater: true, engine: true, model: true, optimizer: true, average: true, clipGrad: true },
  ...{ clipMode: true, mean: true, std: true, threads: true, loader: true, validation: true, task: true },
  ...{ epochs: true, schedule: true, listeners: true, signal: true, gradAccumSteps: true, mixing: true },
  ...{ mixingOffEpoch: true, seed: true, valInterval: true, metric: true, recoveryInterval: true },
  ...{ logInterval: true, resume: true, erasing: true, frozen: true, unfreezeAt: true },
  ...{ onOutputs: true },
};

/** Options that an updater is made from. */
const parts = "engine model optimizer average frozen clipGrad clipMode mean std threads".split(" ");

/** Least values of the counts. */
const counts = {
  epochs: 1,
  gradAccumSteps: 1,
  valInterval: 1,
  logInterval: 1,
  recoveryInterval: 0,
  mixingOffEpoch: 0,
  threads: 1,
};

/**
 * Checks every option of `fit`.
 *
 * @throws TypeError for one of another kind, RangeError for a value out of range.
 */
export function checkFitOptions(options: FitOptions): void {
  checkOptionNames<object>("fit", options, optionNames);
  const required = options.updater === undefined ? ["engine", "model", "optimizer"] : [];
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const name of [...required, "loader", "task"]) {
    if (typeof given[name] === "object" && given[name] !== null) continue;
    const instead = required.includes(name) ? "; pass engine, model and optimizer, or an updater" : "";
    throw new TypeError(`fit: ${name} must be given, got ${given[name]}${instead}`);
  }
  for (const name of options.updater === undefined ? [] : parts) {
    if (given[name] === undefined) continue;
    throw new TypeError(
      `fit: ${name} must be absent beside an updater, got one; pass it to what makes the updater`,
    );
  }
  const { listeners = [], seed = 42 } = options;
  if (!Array.isArray(listeners)) {
    throw new TypeError(`fit: listeners must be a list, got ${typeof listeners}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`fit: seed must be a safe integer, got ${seed}`);
  for (const [name, least] of Object.entries(counts)) {
    const value = given[name] === undefined && name !== "epochs" ? least : given[name];
    if (Number.isSafeInteger(value) && Number(value) >= least) continue;
    throw new RangeError(`fit: ${name} must be an integer >= ${least}, got ${value}`);
  }
  for (const name of ["loader", "validation"] as const) {
    const loader = options[name];
    if (loader?.length !== 0) continue;
    throw new RangeError(
      `fit: ${name} must have at least one batch, got ${loader.length}; add images or make batches smaller`,
    );
  }
  checkParts(options);
  checkUnfreezing(options);
  const { signal, metric, task, onOutputs = null } = options;
  if (onOutputs !== null && typeof onOutputs !== "function") {
    throw new TypeError(`fit: onOutputs must be a function, got ${typeof onOutputs}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`fit: signal must be an AbortSignal, got ${typeof signal}`);
  }
  const names = task.metrics.map(({ name }) => name);
  if (metric !== undefined && !names.includes(metric)) {
    throw new RangeError(
      `fit: metric must be one of ${names.join(", ")} (${task.name}), got "${metric}"${suggestion(String(metric), names)}`,
    );
  }
}

function checkUnfreezing({ unfreezeAt = null, updater, frozen = null }: FitOptions): void {
  if (unfreezeAt === null) return;
  if (!(Number.isSafeInteger(unfreezeAt) && unfreezeAt >= 0)) {
    throw new RangeError(`fit: unfreezeAt must be an integer >= 0, got ${unfreezeAt}`);
  }
  if (updater === undefined ? frozen !== null : updater.unfreeze !== undefined) return;
  const cure = updater === undefined ? "set frozen" : "take an updater that can unfreeze";
  throw new RangeError(`fit: unfreezeAt must be absent where nothing is frozen, got ${unfreezeAt}; ${cure}`);
}
