/** The training loop, whoever brings model, data, task and listeners: timm's order, in Node and in a page. */
import type { Scheduler } from "@tsimm/scheduler";
import type { Loader } from "../data/batch.ts";
import type { MixupOptions } from "../data/mixup.ts";
import type { Model } from "../models/model.ts";
import type { ClipMode } from "../optim/clip.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Task } from "../task/task.ts";
import { suggestion } from "../text/suggestion.ts";
import { createUpdater, type Updater } from "../update/updater.ts";
import { checkOutputs } from "./evaluate.ts";
import type { Best, EpochRow } from "./events.ts";
import type { Listener } from "./listener.ts";
import { loadTrainingState } from "./load-training-state.ts";
import { FitRun } from "./run.ts";
import type { TrainingProgress, TrainingState } from "./training-state.ts";

/** What changes the weights: an updater of one's own, or the parts of one. */
export type FitUpdater =
  | {
      /** Changes the weights; whoever made it closes it. */
      readonly updater: Updater;
      readonly engine?: undefined;
      readonly model?: undefined;
      readonly optimizer?: undefined;
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
      /** Bound of the gradients, > 0; absent: none. */
      readonly clipGrad?: number | null;
      /** What `clipGrad` bounds; absent: the norm of all gradients together. */
      readonly clipMode?: ClipMode;
      /** What images are normalised by; absent: the model's own. */
      readonly mean?: readonly number[];
      readonly std?: readonly number[];
      /** Threads of the engine, an integer >= 1; absent: all cores. */
      readonly threads?: number;
    };

/** Options of {@link fit} besides what changes the weights. */
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
  /** Hear of everything, in this order. */
  readonly listeners?: readonly Listener[];
  /** Aborting it ends the run after the current update. */
  readonly signal?: AbortSignal;
  /** Batches per update, an integer >= 1; absent: 1. */
  readonly gradAccumSteps?: number;
  /** Mixup and CutMix; absent: none. */
  readonly mixing?: MixupOptions | null;
  /** No mixing from this epoch on; absent or 0: it is never switched off. */
  readonly mixingOffEpoch?: number;
  /** Seed of mixing, dropout and drop path, a safe integer; absent: 42. */
  readonly seed?: number;
  /** Epochs between two validations and checkpoints, an integer >= 1; absent: 1. The last epoch has both. */
  readonly valInterval?: number;
  /** Metric of the task that epochs are ranked by; absent: the task's. Without validation it is the training loss. */
  readonly metric?: string;
  /** Updates between two checkpoints in mid-epoch, an integer >= 0; absent or 0: none. */
  readonly recoveryInterval?: number;
  /** Updates between two log lines, for listeners that write some, an integer >= 1; absent: 50. */
  readonly logInterval?: number;
  /** Where to go on: a whole state, or its progress where the rest was restored before; absent: at the start. */
  readonly resume?: TrainingState | { readonly progress: TrainingProgress } | null;
}

/** Options of {@link fit}. */
export type FitOptions = FitUpdater & FitLoopOptions;

/** What a training came to. */
export interface FitResult {
  /** `finished`: every epoch is done, or a listener had enough; `stopped`: the signal ended it. */
  readonly outcome: "finished" | "stopped";
  /** Best epoch by the ranking metric; null: none is done. */
  readonly best: Best | null;
  readonly history: readonly EpochRow[];
  /** Where the run could go on. */
  readonly progress: TrainingProgress;
}

/**
 * Trains.
 *
 * Each update: gradients of `gradAccumSteps` batches, clipping, the optimizer's rule, the moving average, the schedule
 * where it counts updates. Each epoch: validation of the weights and of their average, ranking, the schedule, a
 * checkpoint that is due. What happens is told to the listeners as `TrainingEvent`s; nothing is written or printed.
 *
 * @throws RangeError for options out of range, an empty loader, a ranking metric that is NaN; DivergedError if the loss
 * or a gradient is not finite; ListenerError with the listener's name if one fails, after the others were told that a
 * checkpoint is due.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const pixels = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const loader = {
 *   batchSize: 4, inputSize: [3, 32, 32], length: 1, samples: 4,
 *   async *batches() {
 *     yield { images: pixels, labels: Int32Array.of(0, 1, 0, 1), size: 4 };
 *   },
 * };
 * const { history } = await fit({
 *   engine: await createEngine(), model, optimizer, loader,
 *   task: classification.create({ outputNames: ["cat", "dog"] }),
 *   schedule: new StepLRScheduler(optimizer, { decayT: 1, decayRate: 0.5 }),
 *   epochs: 2,
 * });
 * history.map(({ lr }) => lr); // => [0.05, 0.025]
 * @see timm `train.py`
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  checkOptions(options);
  const { updater: own, loader, task, seed = 42 } = options;
  if (own !== undefined) return await train(own, options);
  const { engine, model, optimizer, average, clipGrad, clipMode, threads } = options;
  checkOutputs("fit", model, task);
  const { mean = model.pretrainedCfg.mean, std = model.pretrainedCfg.std } = options;
  const [, height, width] = loader.inputSize;
  const updater = await createUpdater(engine, {
    ...{ model, optimizer, average, clipGrad, seed, loss: task.loss },
    ...{ batchSize: loader.batchSize, height, width },
    ...(loader.input === "float32" ? { input: "float32" } : { input: "uint8", mean, std }),
    ...(clipMode === undefined ? {} : { clipMode }),
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    return await train(updater, options);
  } finally {
    await updater.close();
  }
}

async function train(updater: Updater, options: FitLoopOptions): Promise<FitResult> {
  const { resume = null, schedule = null } = options;
  checkOutputs("fit", updater.model, options.task);
  if (resume !== null && isWhole(resume)) loadTrainingState(resume, updater, schedule);
  const run = new FitRun(updater, options, resume?.progress);
  return await run.train();
}

function isWhole(resume: TrainingState | Pick<TrainingState, "progress">): resume is TrainingState {
  return "model" in resume;
}

const optionNames: { readonly [K in keyof Required<FitOptions>]: true } & Readonly<Record<string, true>> = {
  ...{ updater: true, engine: true, model: true, optimizer: true, average: true, clipGrad: true },
  ...{ clipMode: true, mean: true, std: true, threads: true, loader: true, validation: true, task: true },
  ...{ epochs: true, schedule: true, listeners: true, signal: true, gradAccumSteps: true, mixing: true },
  ...{ mixingOffEpoch: true, seed: true, valInterval: true, metric: true, recoveryInterval: true },
  ...{ logInterval: true, resume: true },
};

/** What an updater is made of. */
const parts = "engine model optimizer average clipGrad clipMode mean std threads".split(" ");

/** Least values of the counts. */
const counts = {
  epochs: 1,
  gradAccumSteps: 1,
  valInterval: 1,
  logInterval: 1,
  recoveryInterval: 0,
  mixingOffEpoch: 0,
};

function checkOptions(options: FitOptions): void {
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
  const { listeners = [], seed = 42, mixing } = options;
  if (!Array.isArray(listeners)) {
    throw new TypeError(`fit: listeners must be a list, got ${typeof listeners}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`fit: seed must be a safe integer, got ${seed}`);
  if (mixing) {
    checkOptionNames<MixupOptions>("fit: mixing", mixing, {
      ...{ mixup: true, cutmix: true, cutmixMinmax: true, mixupProb: true, mixupSwitchProb: true },
    });
  }
  for (const [name, least] of Object.entries(counts)) {
    const value = given[name] === undefined && name !== "epochs" ? least : given[name];
    if (Number.isSafeInteger(value) && Number(value) >= least) continue;
    throw new RangeError(`fit: ${name} must be an integer >= ${least}, got ${value}`);
  }
  for (const name of ["loader", "validation"] as const) {
    const loader = options[name];
    if (!loader || loader.length >= 1) continue;
    throw new RangeError(
      `fit: ${name} must have at least one batch, got ${loader.length}; add images or make batches smaller`,
    );
  }
  const { signal, metric, task } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`fit: signal must be an AbortSignal, got ${typeof signal}`);
  }
  const names = task.metrics.map(({ name }) => name);
  if (metric !== undefined && !names.includes(metric)) {
    throw new RangeError(
      `fit: metric must be one of ${names.join(", ")} (${task.name}), got "${metric}"${suggestion(metric, names)}`,
    );
  }
}
