/** Stops a run whose metric has stopped improving. */
import { checkOptionNames } from "../option-names.ts";
import { suggestion } from "../text/suggestion.ts";
import type { EpochRow, RunStarted } from "../train/events.ts";
import type { Listener, RunHandle } from "../train/listener.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Name of a metric of the validation, e.g. `top1`; absent: the one that the run ranks epochs by. */
  readonly metric?: string;
  /** Direction of the metric; absent: the metric's own. */
  readonly better?: "lower" | "higher";
  /** Evaluated epochs without improvement after which the run is stopped, a whole number >= 1. */
  readonly patience: number;
  /** An epoch improves if it is better than the best one by more than this, >= 0; absent: 0. */
  readonly minDelta?: number;
}

/**
 * Stops a run when its metric has not improved by more than `minDelta` for `patience` evaluated epochs. Epochs without
 * an evaluation do not count; NaN is no improvement. A run without validation is stopped by its training loss. A run
 * that is resumed counts the epochs of its history.
 *
 * @throws RangeError if an option is out of range; at the start of a run, if there is no metric of this name.
 * @example
 * const listener = earlyStopping({ metric: "loss", patience: 2 });
 * const metrics = [{ name: "loss", better: "lower" }];
 * let reason = "";
 * const run = { stop: (words) => { reason = words; } };
 * await listener.on({ type: "runStarted", metrics, validationImages: 8, history: [] }, run);
 * for (const [epoch, loss] of [0.7, 0.5, 0.6, 0.5].entries()) {
 *   await listener.on({ type: "epochDone", row: { epoch, validation: { loss } } }, run);
 * }
 * reason; // => "loss has not improved for 2 epochs, its best is 0.5 of epoch 1"
 */
export function earlyStopping(options: EarlyStoppingOptions): Listener {
  checkOptions(options);
  let criterion: Criterion | null = null;
  let progress = START;

  return {
    name: "early stopping",
    on(event, run) {
      if (event.type === "runStarted") {
        const watched = criterionOf(event, options);
        criterion = watched;
        progress = event.history.reduce((before, row) => advance(before, row, watched), START);
        stopIfDue(progress, watched, run);
      }
      if (event.type === "epochDone" && event.row !== null && criterion !== null) {
        progress = advance(progress, event.row, criterion);
        stopIfDue(progress, criterion, run);
      }
    },
  };
}

/** Metric that is watched, and when it ends the run. */
interface Criterion {
  readonly metric: string;
  /** Whether the metric is the validation's; else it is the training loss. */
  readonly validated: boolean;
  readonly better: "lower" | "higher";
  readonly patience: number;
  readonly minDelta: number;
}

/** Best epoch so far, and the number of evaluated ones after it. */
interface Progress {
  readonly best: { readonly value: number; readonly epoch: number } | null;
  readonly since: number;
}

const START: Progress = { best: null, since: 0 };

function criterionOf(
  { metrics, metric: ranking, validationImages }: RunStarted,
  { metric: name, better, patience, minDelta = 0 }: EarlyStoppingOptions,
): Criterion {
  const validated = validationImages > 0;
  const choices = validated ? metrics : [ranking];
  const metric = name === undefined ? ranking : choices.find((choice) => choice.name === name);
  if (metric === undefined) {
    const names = choices.map((choice) => choice.name);
    const where = validated ? "" : " (there is no validation)";
    throw new RangeError(
      `earlyStopping: metric must be one of ${names.join(", ")}${where}, got "${name}"${suggestion(String(name), names)}`,
    );
  }
  return { metric: metric.name, validated, better: better ?? metric.better, patience, minDelta };
}

function advance(
  before: Progress,
  row: EpochRow,
  { metric, validated, better, minDelta }: Criterion,
): Progress {
  const value = validated ? row.validation?.[metric] : row.trainLoss;
  if (value === undefined) return before;
  const { best, since } = before;
  const gain = best === null ? value : better === "lower" ? best.value - value : value - best.value;
  const improved = best === null ? !Number.isNaN(value) : gain > minDelta;
  return improved ? { best: { value, epoch: row.epoch }, since: 0 } : { best, since: since + 1 };
}

function stopIfDue(progress: Progress, criterion: Criterion, run: RunHandle): void {
  const { metric, validated, patience, minDelta } = criterion;
  const { best, since } = progress;
  if (since < patience) return;
  const name = validated ? metric : `training ${metric}`;
  const by = minDelta === 0 ? "" : ` by more than ${minDelta}`;
  const epochs = `${since} ${since === 1 ? "epoch" : "epochs"}`;
  const height = best === null ? "it was never a number" : `its best is ${best.value} of epoch ${best.epoch}`;
  run.stop(`${name} has not improved${by} for ${epochs}, ${height}`);
}

function checkOptions(options: EarlyStoppingOptions): void {
  checkOptionNames("earlyStopping", options, { metric: true, better: true, patience: true, minDelta: true });
  const { better, patience, minDelta = 0 } = options;
  if (better !== undefined && !["lower", "higher"].includes(better)) {
    throw new RangeError(`earlyStopping: better must be one of lower, higher, got "${better}"`);
  }
  if (!(Number.isSafeInteger(patience) && patience >= 1)) {
    throw new RangeError(`earlyStopping: patience must be a whole number >= 1, got ${patience}`);
  }
  if (!(Number.isFinite(minDelta) && minDelta >= 0)) {
    throw new RangeError(`earlyStopping: minDelta must be a finite number >= 0, got ${minDelta}`);
  }
}
