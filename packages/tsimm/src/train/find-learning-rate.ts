/** Range test of the learning rate: a short training whose rate rises until the loss does. */
import type { Batch, Loader } from "../data/batch.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Task } from "../task/task.ts";
import { DivergedError } from "../update/diverged-error.ts";
import type { Updater } from "../update/updater.ts";
import { checkBatch } from "./check-batch.ts";
import { checkPart } from "./check-parts.ts";
import { checkOutputs } from "./evaluate.ts";
import { type FitLoopOptions, type LoopSettings, loopSettings } from "./fit-options.ts";
import { loadTrainingState } from "./load-training-state.ts";
import { nextTurn } from "./next-turn.ts";
import { suggestRate } from "./suggest-rate.ts";
import { initialProgress, type TrainingState } from "./training-state.ts";
import { updateBatch } from "./update-batch.ts";

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions
  extends Pick<FitLoopOptions, "gradAccumSteps" | "mixing" | "erasing" | "seed" | "signal"> {
  /** Changes the weights; they are as before afterwards. */
  readonly updater: Updater;
  /** Images to train on, in as many passes as are needed. */
  readonly loader: Loader;
  readonly task: Task;
  /** Rate of the first update, > 0; absent: 1e-7. */
  readonly start?: number;
  /** Rate of the last update, larger than the first; absent: 10. */
  readonly end?: number;
  /** Updates, an integer >= 10; absent: 100. */
  readonly updates?: number;
  /** Multiple of the lowest smoothed loss at which it stops, > 1; absent: 4. */
  readonly stopAt?: number;
  /** Called after each update. */
  readonly onUpdate?: ((point: RatePoint) => void | Promise<void>) | undefined;
}

/** An update of a range test. */
export interface RatePoint {
  /** Learning rate of the update. */
  readonly lr: number;
  /** Mean loss of its images. */
  readonly loss: number;
  /** Mean of the losses so far, each weighing 0.9 times the next. */
  readonly smoothed: number;
}

/** Result of a range test. */
export interface LearningRateRange {
  readonly points: readonly RatePoint[];
  /** Losses smoothed over what comes before and after, one for each point: the curve that the suggestion is from. */
  readonly curve: readonly number[];
  /** Rate at which the loss falls most steeply over the logarithm of the rate; null: it does not fall. */
  readonly suggestion: number | null;
  /**
   * `end`: all rates were tried; `rising`: the loss was `stopAt` times the lowest; `diverged`: it was not finite;
   * `stopped`: by the signal.
   */
  readonly outcome: "end" | "rising" | "diverged" | "stopped";
}

/** Weight of the losses so far beside that of a new one. */
const SMOOTHING = 0.9;
/** Updates before which a high loss ends nothing: few images say little. */
const PATIENCE = 5;

const optionNames: { readonly [K in keyof Required<FindLearningRateOptions>]: true } = {
  ...{ updater: true, loader: true, task: true, start: true, end: true, updates: true, stopAt: true },
  ...{ onUpdate: true, gradAccumSteps: true, mixing: true, erasing: true, seed: true, signal: true },
};

/**
 * Finds a learning rate: trains for some updates with a rate that rises geometrically, and suggests the rate at which the
 * smoothed loss falls most steeply. Weights, statistics, optimizer and moving average are as before when it returns.
 *
 * @throws RangeError for options out of range or parts that do not fit together; TypeError for parts of another kind.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const task = classification.create({ outputNames: ["dark", "light"] });
 * const images = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => (i < 2 * 32 * 32 * 3 ? 30 : 220));
 * const loader = {
 *   batchSize: 4, inputSize: [3, 32, 32], length: 1, samples: 4,
 *   async *batches() {
 *     yield { images, labels: Int32Array.of(0, 0, 1, 1), size: 4 };
 *   },
 * };
 * const { mean, std } = model.pretrainedCfg;
 * const size = { batchSize: 4, height: 32, width: 32 };
 * const updater = await createUpdater(await createEngine(), {
 *   model, optimizer, loss: task.loss, ...size, input: "uint8", mean, std,
 * });
 * const { suggestion } = await findLearningRate({ updater, loader, task, updates: 30 });
 * suggestion > 1e-5 && suggestion < 10; // => true
 * await updater.close();
 * @see Leslie N. Smith, "Cyclical Learning Rates for Training Neural Networks" (2017)
 */
export async function findLearningRate(options: FindLearningRateOptions): Promise<LearningRateRange> {
  const { start = 1e-7, end = 10, updates = 100, stopAt = 4 } = options;
  checkOptions(options, { start, end, updates, stopAt });
  const { updater, loader, task, signal, onUpdate } = options;
  checkOutputs("findLearningRate", updater.model, task);
  const { gradAccumSteps = 1, mixing = null, erasing = null, seed = 42 } = options;
  const settings = loopSettings(
    { loader, task, epochs: 1, gradAccumSteps, mixing, erasing, seed },
    updater.model,
  );
  const before = await snapshot(updater);
  const points: RatePoint[] = [];
  const rateOf = (index: number) => start * (end / start) ** (index / (updates - 1));
  let outcome: LearningRateRange["outcome"] = "end";
  let [sum, weight, lowest] = [0, 0, Number.POSITIVE_INFINITY];
  try {
    for await (const batches of endless(settings)) {
      const index = points.length;
      if (signal?.aborted) outcome = "stopped";
      if (index === updates || signal?.aborted) break;
      const lr = rateOf(index);
      for (const group of updater.optimizer.paramGroups) group.lr = lr * (group.lrScale ?? 1);
      const mixed = batches.map((batch, place) =>
        updateBatch(batch, settings, { epoch: 0, update: index, index: place }),
      );
      const loss = await lossOf(updater, mixed, index);
      if (loss === null) {
        outcome = "diverged";
        break;
      }
      sum = SMOOTHING * sum + (1 - SMOOTHING) * loss;
      weight = SMOOTHING * weight + (1 - SMOOTHING);
      const point = { lr, loss, smoothed: sum / weight };
      points.push(point);
      await onUpdate?.(point);
      await nextTurn();
      lowest = Math.min(lowest, point.smoothed);
      if (index >= PATIENCE && point.smoothed > stopAt * lowest) {
        outcome = "rising";
        break;
      }
    }
  } finally {
    await updater.store?.read();
    loadTrainingState(before, updater, null);
  }
  return { points, ...suggestRate(points), outcome };
}

function checkOptions(
  options: FindLearningRateOptions,
  {
    start,
    end,
    updates,
    stopAt,
  }: Required<Pick<FindLearningRateOptions, "start" | "end" | "updates" | "stopAt">>,
): void {
  const where = "findLearningRate";
  checkOptionNames(where, options, optionNames);
  for (const name of ["updater", "loader", "task"] as const) checkPart(where, name, options[name]);
  const isFinitePositive = (value: number) => value > 0 && Number.isFinite(value);
  if (!isFinitePositive(start)) throw new RangeError(`${where}: start must be a number > 0, got ${start}`);
  if (!(isFinitePositive(end) && end > start)) {
    throw new RangeError(`${where}: end must be a number > start (= ${start}), got ${end}`);
  }
  if (!(Number.isSafeInteger(updates) && updates >= 10)) {
    throw new RangeError(`${where}: updates must be an integer >= 10, got ${updates}`);
  }
  if (!(stopAt > 1)) throw new RangeError(`${where}: stopAt must be a number > 1, got ${stopAt}`);
}

/** Batches of one update after the other, in as many passes as are asked for. */
async function* endless({ loader, gradAccumSteps }: LoopSettings): AsyncGenerator<Batch[]> {
  for (let epoch = 0; ; epoch++) {
    let pending: Batch[] = [];
    let given = 0;
    for await (const batch of loader.batches(epoch)) {
      checkBatch("findLearningRate", batch, loader, given++);
      pending.push(batch);
      if (pending.length < gradAccumSteps) continue;
      yield pending;
      pending = [];
    }
    if (given === 0) throw new RangeError("findLearningRate: loader must give at least one batch, got none");
    if (pending.length > 0) yield pending;
  }
}

/** null: the loss or a gradient is not finite. */
async function lossOf(
  updater: Updater,
  batches: Parameters<Updater["update"]>[0],
  update: number,
): Promise<number | null> {
  try {
    return (await updater.update(batches, { update })).loss;
  } catch (error) {
    if (error instanceof DivergedError) return null;
    throw error;
  }
}

/** A copy of everything that updates change. */
async function snapshot({ model, average, optimizer, store }: Updater): Promise<TrainingState> {
  await store?.read();
  const copies = (state: TrainingState["model"]) => state.map((one) => ({ ...one, data: one.data.slice() }));
  return {
    progress: initialProgress,
    model: copies(model.state),
    average: average === null ? null : copies(average.state),
    optimizer: structuredClone(optimizer.stateDict()),
    schedule: null,
  };
}
