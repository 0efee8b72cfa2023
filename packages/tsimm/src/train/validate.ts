/** The validation of a run: its weights, and their moving average. */
import type { OutputMetric } from "../task/task.ts";
import type { Updater } from "../update/updater.ts";
import { type EvaluationResult, evaluateLoader } from "./evaluate.ts";
import type { EpochRow, EvaluatedWeights, TrainingEvent } from "./events.ts";
import type { LoopSettings } from "./fit-options.ts";

/** Metrics of an epoch. */
export interface Validation extends Pick<EpochRow, "validation" | "plain"> {
  /** Of the weights that count, the metric of each class or output. */
  readonly byOutput: readonly OutputMetric[];
}

/** The run around a validation. */
export interface ValidationContext {
  /** Epoch that was just trained, from 0. */
  readonly epoch: number;
  readonly signal: AbortSignal | null;
  emit(event: TrainingEvent): Promise<void>;
}

/** Evaluates the weights, and their moving average where there is one: that counts. */
export async function validate(
  updater: Updater,
  settings: LoopSettings,
  context: ValidationContext,
): Promise<Validation | "stopped"> {
  if (settings.validation === null) return { validation: null, plain: null, byOutput: [] };
  if (context.signal?.aborted) return "stopped";
  const plain = await evaluateWeights("plain", updater, settings, context);
  if (plain === "stopped") return "stopped";
  if (updater.average === null) return { validation: plain.metrics, plain: null, byOutput: plain.byOutput };
  const averaged = await evaluateWeights("average", updater, settings, context);
  if (averaged === "stopped") return "stopped";
  return { validation: averaged.metrics, plain: plain.metrics, byOutput: averaged.byOutput };
}

async function evaluateWeights(
  weights: EvaluatedWeights,
  updater: Updater,
  { validation, task, epochs, onOutputs }: LoopSettings,
  { epoch, signal, emit }: ValidationContext,
): Promise<EvaluationResult | "stopped"> {
  if (validation === null) return "stopped";
  const started = performance.now();
  const batchSize = Math.min(validation.batchSize, validation.samples);
  const counts = weights === "average" || updater.average === null;
  const evaluation = await updater.createEvaluation(weights, batchSize);
  try {
    const result = await evaluateLoader(evaluation, validation, task, {
      where: "fit",
      onOutputs: counts ? (onOutputs ?? undefined) : undefined,
      onBatch: async (batch) => {
        await emit({ ...batch, epoch, epochs, weights });
        return signal?.aborted !== true;
      },
    });
    if (result === null) return "stopped";
    const seconds = (performance.now() - started) / 1000;
    await emit({ type: "evaluationDone", epoch, weights, seconds, ...result });
    return result;
  } finally {
    await evaluation.close();
  }
}
