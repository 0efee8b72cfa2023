/** Stops a run whose metric has stopped improving. */
import { suggestion } from "../text/suggestion.ts";
import type { EpochResult, RunControl, RunListener } from "./run-events.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Name of a metric of the validation, e.g. `top1` or `loss`. */
  readonly metric: string;
  /** Direction of the metric. */
  readonly better: "lower" | "higher";
  /** Evaluated epochs without improvement after which the run is stopped, a whole number >= 1. */
  readonly patience: number;
  /** An epoch improves if it is better than the best one by more than this, >= 0; 0 by default. */
  readonly minDelta?: number;
}

/**
 * Stops a run when its metric has not improved by more than `minDelta` for `patience` evaluated epochs. Epochs without
 * an evaluation do not count; NaN is no improvement. A run that is resumed counts the epochs of its history.
 *
 * @throws RangeError if an option is out of range; while the run goes, if there is no metric of this name.
 * @example
 * const listener = earlyStopping({ metric: "loss", better: "lower", patience: 2 });
 * let reason = "";
 * const run = { stop: (words) => { reason = words; } };
 * for (const [epoch, loss] of [0.7, 0.5, 0.6, 0.5].entries()) {
 *   const result = { epoch, update: 10 * (epoch + 1), train: { loss: 1 }, validation: { loss }, lr: 0.1 };
 *   await listener({ type: "epochDone", ...result }, run);
 * }
 * reason; // => "loss has not improved for 2 epochs, its best is 0.5 of epoch 1"
 */
export function earlyStopping(options: EarlyStoppingOptions): RunListener {
  checkOptions(options);
  let progress = START;

  return function stopEarly(event, run) {
    if (event.type === "runStarted") {
      progress = event.history.reduce((before, result) => advance(before, result, options), START);
      stopIfDue(progress, options, run);
    }
    if (event.type === "epochDone") {
      progress = advance(progress, event, options);
      stopIfDue(progress, options, run);
    }
  };
}

/** Best epoch so far, and how many evaluated ones came after it. */
interface Progress {
  readonly best: { readonly value: number; readonly epoch: number } | null;
  readonly since: number;
}

const START: Progress = { best: null, since: 0 };

function advance(before: Progress, result: EpochResult, options: EarlyStoppingOptions): Progress {
  const { metric, better, minDelta = 0 } = options;
  const { epoch, validation } = result;
  if (validation === null) return before;
  const value = Object.hasOwn(validation, metric) ? validation[metric] : undefined;
  if (value === undefined) {
    const names = Object.keys(validation);
    throw new RangeError(
      `earlyStopping: metric must be one of ${names.join(", ")}, got "${metric}"${suggestion(metric, names)}`,
    );
  }
  const { best, since } = before;
  const gain = best === null ? value : better === "lower" ? best.value - value : value - best.value;
  const improved = best === null ? !Number.isNaN(value) : gain > minDelta;
  return improved ? { best: { value, epoch }, since: 0 } : { best, since: since + 1 };
}

function stopIfDue(progress: Progress, options: EarlyStoppingOptions, run: RunControl): void {
  const { metric, patience, minDelta = 0 } = options;
  const { best, since } = progress;
  if (since < patience) return;
  const by = minDelta === 0 ? "" : ` by more than ${minDelta}`;
  const epochs = `${since} ${since === 1 ? "epoch" : "epochs"}`;
  const height = best === null ? "it was never a number" : `its best is ${best.value} of epoch ${best.epoch}`;
  run.stop(`${metric} has not improved${by} for ${epochs}, ${height}`);
}

function checkOptions({ better, patience, minDelta = 0 }: EarlyStoppingOptions): void {
  if (!["lower", "higher"].includes(better)) {
    throw new RangeError(`earlyStopping: better must be one of lower, higher, got "${better}"`);
  }
  if (!(Number.isSafeInteger(patience) && patience >= 1)) {
    throw new RangeError(`earlyStopping: patience must be a whole number >= 1, got ${patience}`);
  }
  if (!(Number.isFinite(minDelta) && minDelta >= 0)) {
    throw new RangeError(`earlyStopping: minDelta must be a finite number >= 0, got ${minDelta}`);
  }
}
