/** timm's log lines of what happens in a run. */

import type { Metric } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type {
  BatchEvaluated,
  CheckpointSaved,
  EpochDone,
  EpochRow,
  EvaluatedWeights,
  EvaluationDone,
  RunEnded,
  RunStarted,
  TrainingEvent,
  UpdateDone,
} from "../train/events.ts";
import { scientific, significant, testLine, trainLine } from "./log-format.ts";
import { RunClock } from "./run-clock.ts";

/** A line of the log. */
export interface LogLine {
  readonly level: "info" | "interval" | "warning";
  readonly text: string;
}

/** Classes of which all are listed at the end; of more, only the worst. */
const LISTED = 20;

/** Turns events into lines; `interval` lines are those that a progress bar stands for. */
export class LogLines {
  #run: RunStarted | null = null;
  #clock: RunClock | null = null;
  #speed = new SpeedMeter();
  #imagesPerSecond = 0;
  /** Of the evaluation's batches so far. */
  #evaluated = { images: 0, seconds: 0 };
  #validationSeconds = 0;
  /** The newest line of an evaluation, while it was not given. */
  #pending: string | null = null;

  /** Mean speed of the training or evaluation under way. */
  get imagesPerSecond(): number {
    return this.#imagesPerSecond;
  }

  /** Estimated seconds until the end of the run; null while too little is known. */
  secondsLeft({ epoch, index }: UpdateDone): number | null {
    return this.#clock?.secondsLeft({ epoch, updatesDone: index + 1 }) ?? null;
  }

  /** The lines of an event, in order. */
  linesOf(event: TrainingEvent): LogLine[] {
    switch (event.type) {
      case "message":
        return [{ level: "info", text: event.text }];
      case "warning":
        return [{ level: "warning", text: event.text }];
      case "runStarted":
        this.#start(event);
        return [];
      case "updateDone":
        return this.#update(event);
      case "batchEvaluated":
        return this.#evaluatedBatch(event);
      case "evaluationDone":
        return this.#evaluation(event);
      case "plateauStepped": {
        const best = event.best === null ? "none yet" : String(event.best);
        const bad = `${event.numBadEpochs} of ${event.patience} bad epochs`;
        const text = `Plateau: best ${event.metric} ${best}, ${bad}, cooldown ${event.cooldownCounter}`;
        return [{ level: "info", text }];
      }
      case "checkpointSaved":
        return savedLines(event);
      case "epochDone":
        this.#speed = new SpeedMeter();
        return [{ level: "info", text: epochLine(event, this.#run) }];
      case "runEnded":
        return endLines(event, this.#run);
      default:
        return [];
    }
  }

  #start(event: RunStarted): void {
    const { epochs, updatesPerEpoch, valInterval, imagesPerUpdate, validationImages } = event;
    this.#run = event;
    this.#speed = new SpeedMeter();
    this.#clock = new RunClock({
      ...{ numEpochs: epochs, updatesPerEpoch, valInterval },
      ...{ updateImages: imagesPerUpdate, validationImages },
    });
  }

  #update(event: UpdateDone): LogLine[] {
    const { epoch, index, updatesPerEpoch: updates, loss, meanLoss, lr, images, seconds, waited } = event;
    this.#speed.add({ images, seconds, waited });
    this.#imagesPerSecond = this.#speed.imagesPerSecond;
    this.#clock?.addUpdate(seconds);
    this.#validationSeconds = 0;
    const lines: LogLine[] = [];
    if (index % (this.#run?.logInterval ?? 1) === 0 || index === updates - 1) {
      const text = trainLine({ epoch, index, updates, loss, meanLoss, lr, ...this.#speed.line() });
      lines.push({ level: "interval", text });
    }
    const estimate = this.#clock?.firstEstimate({ epoch, updatesDone: index + 1 }) ?? null;
    return estimate === null ? lines : [...lines, { level: "info", text: estimate }];
  }

  #evaluatedBatch(event: BatchEvaluated): LogLine[] {
    const { index, batches, images, seconds, weights, batch, means } = event;
    const before = index === 0 ? { images: 0, seconds: 0 } : this.#evaluated;
    this.#evaluated = { images: before.images + images, seconds: before.seconds + seconds };
    this.#imagesPerSecond = this.#evaluated.images / this.#evaluated.seconds;
    const lastIndex = batches - 1;
    const time = { value: seconds, mean: this.#evaluated.seconds / (index + 1) };
    const meters = (this.#run?.metrics ?? []).flatMap(({ name, logLabel }) => {
      if (name === "loss") return [];
      const [value, mean] = [batch[name], means[name]];
      return logLabel === undefined || value === undefined || mean === undefined
        ? []
        : [{ label: logLabel, value, mean }];
    });
    const loss = { value: batch.loss, mean: means.loss };
    const text = testLine({ name: TITLES[weights], index, lastIndex, time, loss, meters });
    const isDue = index % (this.#run?.logInterval ?? 1) === 0 || index === lastIndex;
    this.#pending = isDue ? null : text;
    return isDue ? [{ level: "interval", text }] : [];
  }

  #evaluation({ weights, images, unreadable, seconds }: EvaluationDone): LogLine[] {
    this.#validationSeconds += seconds;
    this.#clock?.setValidation(this.#validationSeconds);
    const pending = this.#pending;
    this.#pending = null;
    if (unreadable === 0) return [];
    const text = `${TITLES[weights]}: ${unreadable} of ${images + unreadable} images cannot be read and do not count`;
    return [
      ...(pending === null ? [] : [{ level: "interval" as const, text: pending }]),
      { level: "info", text },
    ];
  }
}

/** Names of the weights in timm's log. */
const TITLES: Readonly<Record<EvaluatedWeights, string>> = { plain: "Test", average: "Test (EMA)" };

function savedLines({ reason, name, kept }: CheckpointSaved): LogLine[] {
  if (reason !== "epoch") return [{ level: "info", text: `Recovery checkpoint: ${name}` }];
  return [
    { level: "interval", text: "Current checkpoints:" },
    ...kept.map(({ path, metric }) => ({ level: "interval" as const, text: ` ('${path}', ${metric})` })),
  ];
}

function epochLine({ epochs, row, seconds }: EpochDone, run: RunStarted | null): string {
  if (row === null) return "Skipping eval and checkpointing";
  const metric = run?.metrics.find(({ name }) => name !== "loss");
  return epochText(row, { epochs, seconds, ...(metric === undefined ? {} : { metric }) });
}

/** What a line of an epoch says beside its row. */
export interface EpochTextOptions {
  /** Epochs of the whole run; null: not known. */
  readonly epochs: number | null;
  /** Metric beside the loss; absent: none. */
  readonly metric?: Pick<Metric, "name" | "label" | "unit">;
  /** Seconds that it took; null: not known. */
  readonly seconds: number | null;
}

/**
 * The line of an epoch.
 *
 * @example
 * const row = { epoch: 1, trainLoss: 0.5, lr: 0.01, validation: { loss: 0.4, top1: 80 }, plain: null };
 * const metric = { name: "top1", label: "top-1", unit: "%" } as const;
 * epochText(row, { epochs: 3, metric, seconds: 12.34 }); // => "Epoch 1 (2/3): loss 0.500, validation loss 0.400, top-1 80.00 %, lr 1.000e-02, 12.3 s"
 */
export function epochText(
  { epoch, trainLoss, validation, lr }: EpochRow,
  { epochs, metric, seconds }: EpochTextOptions,
): string {
  const value = metric === undefined ? undefined : validation?.[metric.name];
  const parts = [
    `loss ${significant(trainLoss)}`,
    ...(validation === null ? [] : [`validation loss ${significant(validation.loss)}`]),
    ...(metric === undefined || value === undefined ? [] : [`${metric.label} ${metricText(value, metric)}`]),
    `lr ${scientific(lr)}`,
    ...(seconds === null ? [] : [`${seconds.toFixed(1)} s`]),
  ];
  return `Epoch ${epoch}${epochs === null ? "" : ` (${epoch + 1}/${epochs})`}: ${parts.join(", ")}`;
}

/** A metric's value with its unit. */
export function metricText(value: number, { unit }: Pick<Metric, "unit">): string {
  return unit === "%" ? `${value.toFixed(2)} %` : significant(value);
}

function endLines({ outcome, reason, best, byOutput }: RunEnded, run: RunStarted | null): LogLine[] {
  const lines: string[] = [];
  if (outcome === "finished" && reason !== null) lines.push(`Ended early: ${reason}`);
  if (outcome === "finished" && best !== null) lines.push(...outputLines(byOutput, best.epoch, run));
  if (outcome !== "failed" && best !== null) {
    lines.push(`*** Best metric: ${best.metric} (epoch ${best.epoch})`);
  }
  return lines.map((text) => ({ level: "info", text }));
}

/** The metric of each class or output in the best epoch; of many only the worst. */
function outputLines(byOutput: RunEnded["byOutput"], epoch: number, run: RunStarted | null): string[] {
  const metric = run?.outputMetric ?? null;
  const counted = byOutput.filter(({ images }) => images > 0);
  if (metric === null || counted.length === 0) return [];
  const sign = metric.better === "higher" ? 1 : -1;
  const listed =
    counted.length <= LISTED
      ? counted
      : counted.toSorted((a, b) => sign * (a.value - b.value)).slice(0, LISTED);
  const which = listed.length < counted.length ? `, the worst ${listed.length} of ${counted.length}` : "";
  const title = metric.panel.charAt(0).toUpperCase() + metric.panel.slice(1);
  const width = Math.max(...listed.map(({ label }) => printable(label).length));
  return [
    `${title}${which} (epoch ${epoch}):`,
    ...listed.map(
      ({ label, images, value }) =>
        `\t${printable(label).padEnd(width)}  ${metricText(value, metric)} (${images} ${images === 1 ? "image" : "images"})`,
    ),
  ];
}

/** Time and speed of updates, of the last one and on average. */
class SpeedMeter {
  #updates = 0;
  #images = 0;
  #seconds = 0;
  #waited = 0;
  #last = { images: 0, seconds: 0, waited: 0 };

  add(update: { readonly images: number; readonly seconds: number; readonly waited: number }): void {
    this.#last = update;
    this.#updates += 1;
    this.#images += update.images;
    this.#seconds += update.seconds;
    this.#waited += update.waited;
  }

  get imagesPerSecond(): number {
    return this.#images / this.#seconds;
  }

  line(): Record<"images" | "meanImages" | "time" | "meanTime" | "data" | "meanData", number> {
    const { images, seconds, waited } = this.#last;
    return {
      images,
      meanImages: this.#images / this.#updates,
      time: seconds,
      meanTime: this.#seconds / this.#updates,
      data: waited,
      meanData: this.#waited / this.#updates,
    };
  }
}
