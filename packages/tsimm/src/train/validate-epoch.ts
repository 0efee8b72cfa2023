/** The validation after an epoch: of the weights, and of their average where there is one. */
import type { Loader } from "../data/batch.ts";
import type { Metrics, OutputMetric, Task } from "../task/task.ts";
import type { Updater } from "../update/updater.ts";
import { evaluateLoader } from "./evaluate.ts";
import type { EpochRow, EvaluatedWeights } from "./events.ts";
import type { Listeners } from "./listeners.ts";

/** Metrics of a validation. */
export interface Validation extends Pick<EpochRow, "validation" | "plain"> {
  readonly byOutput: readonly OutputMetric[];
}

/** Options of {@link validateEpoch}. */
export interface ValidateEpochOptions {
  readonly task: Task;
  readonly epoch: number;
  /** Epochs of the run. */
  readonly epochs: number;
  readonly listeners: Listeners;
  /** Asked after each batch. */
  readonly isStopped: () => boolean;
}

/** Evaluates the weights, then their average, and tells the listeners of each. */
export async function validateEpoch(
  updater: Updater,
  loader: Loader,
  options: ValidateEpochOptions,
): Promise<Validation | "stopped"> {
  const plain = await evaluateWeights("plain", updater, loader, options);
  if (plain === "stopped") return "stopped";
  if (updater.average === null) {
    return { validation: plain.metrics, plain: null, byOutput: plain.byOutput };
  }
  const averaged = await evaluateWeights("average", updater, loader, options);
  if (averaged === "stopped") return "stopped";
  return { validation: averaged.metrics, plain: plain.metrics, byOutput: averaged.byOutput };
}

async function evaluateWeights(
  weights: EvaluatedWeights,
  updater: Updater,
  loader: Loader,
  { task, epoch, epochs, listeners, isStopped }: ValidateEpochOptions,
): Promise<{ readonly metrics: Metrics; readonly byOutput: readonly OutputMetric[] } | "stopped"> {
  const started = performance.now();
  const batchSize = Math.min(loader.batchSize, loader.samples);
  const evaluation = await updater.createEvaluation(weights, batchSize);
  try {
    const result = await evaluateLoader(evaluation, loader, task, {
      where: "fit",
      onBatch: async (batch) => {
        await listeners.emit({ ...batch, epoch, epochs, weights });
        return !isStopped();
      },
    });
    if (result === null) return "stopped";
    const seconds = (performance.now() - started) / 1000;
    await listeners.emit({ type: "evaluationDone", epoch, weights, seconds, ...result });
    return result;
  } finally {
    await evaluation.close();
  }
}
