/** A training under way. */
import type { Batch } from "../data/batch.ts";
import { DeviceLostError } from "../runtime/device-lost-error.ts";
import type { Metric, OutputMetric } from "../task/task.ts";
import { DivergedError } from "../update/diverged-error.ts";
import type { Updater } from "../update/updater.ts";
import { checkBatch } from "./check-batch.ts";
import type { CheckpointDue, EpochRow, RunEnded, RunStarted, TrainingEvent } from "./events.ts";
import { type FitLoopOptions, type FitResult, type LoopSettings, loopSettings } from "./fit-options.ts";
import { ListenerError, Listeners } from "./listeners.ts";
import { meanLr } from "./mean-lr.ts";
import { nextTurn } from "./next-turn.ts";
import { isBetter } from "./ranking.ts";
import { ReadableState } from "./readable-state.ts";
import { lostAt, notANumber } from "./run-errors.ts";
import { initialProgress, type TrainingProgress } from "./training-state.ts";
import { updateBatch } from "./update-batch.ts";
import { type Validation, validate } from "./validate.ts";

/** Ranks epochs where there is no validation. */
const trainingLoss: Metric = {
  name: "loss",
  label: "loss",
  unit: "",
  better: "lower",
  best: 0,
  panel: "loss",
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Trains from a point to the end. */
export class FitRun {
  readonly #updater: Updater;
  readonly #settings: LoopSettings;
  readonly #signal: AbortSignal | null;
  readonly #listeners: Listeners;
  readonly #metric: Metric;
  readonly #progress: Writable<TrainingProgress>;
  readonly #state: ReadableState;
  /** Reason of the listener that stopped the run; null: none has. */
  #stopReason: string | null = null;
  /** Whether updates were made since the last checkpoint. */
  #isUnsaved = false;
  /** Updates in the last checkpoint; null: the run has none. */
  #savedUpdate: number | null;
  /** Whether `runEnded` was sent. */
  #hasEnded = false;

  /** @param progress - Where to begin. */
  constructor(updater: Updater, options: FitLoopOptions, progress: TrainingProgress = initialProgress) {
    const { task, listeners = [], metric = task.metric, signal = null } = options;
    this.#updater = updater;
    this.#settings = loopSettings(options, updater.model);
    this.#signal = signal;
    const ranking =
      this.#settings.validation === null ? undefined : task.metrics.find(({ name }) => name === metric);
    this.#metric = ranking ?? trainingLoss;
    this.#progress = { ...afterDoneEpoch(progress) };
    this.#savedUpdate = progress.update === 0 ? null : progress.update;
    this.#state = new ReadableState(updater, this.#settings.schedule, () => ({ ...this.#progress }));
    this.#listeners = new Listeners("fit", listeners, {
      stop: (reason) => {
        this.#stopReason ??= reason;
      },
      state: () => this.#state.now(),
      readState: async () => {
        await this.#state.read();
        return this.#state.now();
      },
    });
  }

  /** Trains all remaining epochs, unless the signal or a listener ends them. */
  async train(): Promise<FitResult> {
    try {
      await this.#listeners.emit(this.#started());
      const outcome = await this.#epochs();
      await this.#end(outcome, this.#stopReason);
      const { best, history } = this.#progress;
      return { outcome, best, history, progress: { ...this.#progress } };
    } catch (thrown) {
      const error = await this.#settle(thrown);
      if (!this.#hasEnded) {
        await this.#listeners.emitLast(
          this.#ended("failed", error instanceof Error ? error.message : String(error)),
        );
      }
      throw error;
    }
  }

  /**
   * Reads what is left of a failing run, and has it saved where its numbers are sound.
   *
   * @returns The error of the run.
   */
  async #settle(error: unknown): Promise<unknown> {
    const { epoch, update } = this.#progress;
    const left = await this.#state.settle();
    if (left !== null) {
      Object.assign(this.#progress, left);
      this.#isUnsaved = left.update !== this.#savedUpdate;
    }
    const isLost = error instanceof DeviceLostError;
    // A new run whose device is lost in its first update has a checkpoint too.
    const isDue = isLost
      ? this.#progress.update !== this.#savedUpdate
      : error instanceof ListenerError && this.#isUnsaved;
    if (isDue) await this.#listeners.emitLast(this.#checkpointDue("failed"));
    return isLost ? lostAt(error, { epoch, update, left: this.#progress.update }) : error;
  }

  #started(): RunStarted {
    const { loader, validation, task, epochs, gradAccumSteps, valInterval, logInterval } = this.#settings;
    const { model, average } = this.#updater;
    const { epoch, update, history } = this.#progress;
    return {
      type: "runStarted",
      ...{ model: model.name, task: task.name, epochs, updatesPerEpoch: this.#updatesPerEpoch },
      ...{ epoch, update, metrics: task.metrics },
      ...{ outputMetric: task.outputMetric, metric: this.#metric, history, valInterval, logInterval },
      imagesPerUpdate: loader.batchSize * gradAccumSteps,
      validationImages: (validation?.samples ?? 0) * (average === null ? 1 : 2),
    };
  }

  get #updatesPerEpoch(): number {
    return Math.ceil(this.#settings.loader.length / this.#settings.gradAccumSteps);
  }

  async #epochs(): Promise<"finished" | "stopped"> {
    const { epochs } = this.#settings;
    const progress = this.#progress;
    await nextTurn();
    while (progress.epoch < epochs && this.#stopReason === null) {
      if (this.#signal?.aborted) {
        if (this.#isUnsaved) await this.#checkpoint("stopped");
        return "stopped";
      }
      const started = performance.now();
      const validation = (await this.#trainEpoch()) ? await this.#validate() : "stopped";
      if (validation === "stopped") {
        await this.#checkpoint("stopped");
        return "stopped";
      }
      await this.#finishEpoch(validation, started);
    }
    // A listener stopped the run after an epoch without a checkpoint.
    if (this.#isUnsaved) await this.#checkpoint("stopped");
    return "finished";
  }

  /** @returns Whether the end of the epoch was reached. */
  async #trainEpoch(): Promise<boolean> {
    const { loader, gradAccumSteps, recoveryInterval, unfreezeAt } = this.#settings;
    const progress = this.#progress;
    if (unfreezeAt !== null && progress.epoch >= unfreezeAt) await this.#updater.unfreeze?.();
    const clock = { last: performance.now() };
    let pending: Batch[] = [];
    for await (const batch of loader.batches(progress.epoch, progress.batch)) {
      checkBatch("fit", batch, loader, progress.batch + pending.length);
      pending.push(batch);
      const end = progress.batch + pending.length;
      const isLast = end >= loader.length;
      if (pending.length < gradAccumSteps && !isLast) continue;
      await this.#update(pending, isLast, clock);
      pending = [];
      const done = Math.ceil(end / gradAccumSteps);
      if (recoveryInterval > 0 && done % recoveryInterval === 0) await this.#checkpoint("interval");
      await nextTurn();
      if (this.#signal?.aborted && !isLast) return false;
    }
    // A loader that has fewer batches than it says.
    if (pending.length > 0) await this.#update(pending, true, clock);
    else if (progress.batch < loader.length) await this.#finishOptimizer();
    if (progress.running.images === 0) {
      throw new RangeError(`fit: loader must give at least one batch, got none in epoch ${progress.epoch}`);
    }
    return true;
  }

  async #update(batches: readonly Batch[], isLast: boolean, clock: { last: number }): Promise<void> {
    const { epochs, schedule, gradAccumSteps } = this.#settings;
    const { optimizer } = this.#updater;
    const progress = this.#progress;
    const mixed = batches.map((batch, index) => {
      return updateBatch(batch, this.#settings, { epoch: progress.epoch, update: progress.update, index });
    });
    this.#state.keep();
    const { loss, gradNorm } = await this.#updater
      .update(mixed, { update: progress.update })
      .catch((error) => {
        if (!(error instanceof DivergedError)) throw error;
        const position = { epoch: progress.epoch, update: progress.update, lr: meanLr(optimizer) };
        throw new DivergedError(error.loss, error.gradNorm, position);
      });
    this.#isUnsaved = true;
    progress.update += 1;
    progress.batch += batches.length;
    const images = batches.reduce((sum, { size }) => sum + size, 0);
    const waited = batches.reduce((sum, batch) => sum + (batch.waited ?? 0), 0);
    progress.running = {
      loss: progress.running.loss + loss * images,
      images: progress.running.images + images,
    };
    const meanLoss = progress.running.loss / progress.running.images;
    const lr = meanLr(optimizer);
    schedule?.stepUpdate(progress.update, meanLoss);
    if (isLast) await this.#finishOptimizer();
    const now = performance.now();
    const seconds = (now - clock.last) / 1000;
    clock.last = now;
    await this.#listeners.emit({
      type: "updateDone",
      ...{ epoch: progress.epoch, epochs, index: Math.ceil(progress.batch / gradAccumSteps) - 1 },
      ...{ updatesPerEpoch: this.#updatesPerEpoch, update: progress.update },
      ...{ loss, meanLoss, gradNorm, lr, images, seconds, waited },
    });
  }

  /** Slow weights of the optimizer come up to date at the end of an epoch. */
  async #finishOptimizer(): Promise<void> {
    const { finishEpoch, optimizer } = this.#updater;
    if (finishEpoch) await finishEpoch.call(this.#updater);
    else optimizer.syncLookahead?.();
  }

  async #validate(): Promise<Validation | "skipped" | "stopped"> {
    const { valInterval, epochs } = this.#settings;
    const { epoch } = this.#progress;
    const isLast = epoch + 1 === epochs || this.#stopReason !== null;
    if ((epoch + 1) % valInterval !== 0 && !isLast) return "skipped";
    const emit = (event: TrainingEvent) => this.#listeners.emit(event);
    return await validate(this.#updater, this.#settings, { epoch, signal: this.#signal, emit });
  }

  async #finishEpoch(validation: Validation | "skipped", started: number): Promise<void> {
    const { schedule, epochs } = this.#settings;
    const { optimizer } = this.#updater;
    const progress = this.#progress;
    const { epoch } = progress;
    let row: EpochRow | null = null;
    if (validation === "skipped") schedule?.step(epoch + 1, null);
    else {
      const { byOutput, ...metrics } = validation;
      const trainLoss = progress.running.loss / progress.running.images;
      row = { epoch, trainLoss, lr: meanLr(optimizer), ...metrics };
      await this.#rank(row, byOutput);
    }
    Object.assign(progress, { epoch: epoch + 1, batch: 0, running: { loss: 0, images: 0 } });
    const seconds = (performance.now() - started) / 1000;
    const nextLr = meanLr(optimizer);
    const { update, best } = progress;
    await this.#state.read();
    await this.#listeners.emit({ type: "epochDone", epoch, epochs, update, row, best, nextLr, seconds });
  }

  async #rank(row: EpochRow, byOutput: readonly OutputMetric[]): Promise<void> {
    const { schedule } = this.#settings;
    const progress = this.#progress;
    const { name } = this.#metric;
    const metric = row.validation === null ? row.trainLoss : (row.validation[name] ?? Number.NaN);
    if (Number.isNaN(metric)) {
      // The weights are sound where the loss is: the run can go on with another metric.
      if (Number.isFinite(row.validation?.loss)) await this.#checkpoint("failed");
      throw notANumber(name, row);
    }
    const isBest = progress.best === null || isBetter(metric, progress.best.metric, this.#metric);
    progress.history = [...progress.history, row];
    if (isBest) Object.assign(progress, { best: { metric, epoch: row.epoch }, byOutput });
    schedule?.step(row.epoch + 1, metric);
    const { plateau, options } = schedule?.stateDict() ?? {};
    if (plateau !== undefined) {
      const { best, numBadEpochs, cooldownCounter } = plateau;
      await this.#listeners.emit({
        ...{ type: "plateauStepped", metric: name, best: best === null ? null : Number(best) },
        ...{ numBadEpochs, patience: Number(options?.["patienceT"] ?? 0), cooldownCounter },
      });
    }
    await this.#checkpoint("epoch", { row, metric, isBest });
  }

  async #checkpoint(
    reason: CheckpointDue["reason"],
    epoch?: Pick<CheckpointDue, "row" | "metric" | "isBest">,
  ): Promise<void> {
    await this.#state.read();
    const event = this.#checkpointDue(reason, epoch);
    this.#isUnsaved = false;
    this.#savedUpdate = this.#progress.update;
    await this.#listeners.emit(event);
  }

  #checkpointDue(
    reason: CheckpointDue["reason"],
    of: Pick<CheckpointDue, "row" | "metric" | "isBest"> = { row: null, metric: null, isBest: false },
  ): CheckpointDue {
    const { epoch, update } = this.#progress;
    return { type: "checkpointDue", reason, epoch, update, ...of };
  }

  async #end(outcome: "finished" | "stopped", reason: string | null): Promise<void> {
    await this.#state.read();
    this.#hasEnded = true;
    await this.#listeners.emit(this.#ended(outcome, reason));
  }

  #ended(outcome: RunEnded["outcome"], reason: string | null): RunEnded {
    const { best, byOutput, history } = this.#progress;
    return { type: "runEnded", outcome, reason, best, byOutput, history };
  }
}

/** A state taken while an epoch was being saved has its row: the next epoch follows. */
function afterDoneEpoch(progress: TrainingProgress): TrainingProgress {
  const { epoch, history } = progress;
  if (history.at(-1)?.epoch !== epoch) return progress;
  return { ...progress, epoch: epoch + 1, batch: 0, running: initialProgress.running };
}
