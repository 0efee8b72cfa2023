/** The validation of one trained model on a loader. */
import type { Loader } from "../data/batch.ts";
import type { PretrainedConfig } from "../models/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { type Confusion, confusionMeter } from "../task/confusion.ts";
import { classCounts, type LabelCounts, labelMeter } from "../task/label-scores.ts";
import type { Task } from "../task/task.ts";
import {
  type BatchOutputs,
  type EvaluatedBatch,
  type EvaluationResult,
  evaluateLoader,
} from "../train/evaluate.ts";
import type { TrainedModel } from "./trained-model.ts";

/** Classes beyond which there is no confusion matrix: 64 MiB of counts. */
const MOST_CLASSES = 4096;

/** Options of {@link validateModel}. */
export interface ValidateModelOptions {
  readonly engine: Engine;
  readonly loader: Loader;
  readonly task: Task;
  readonly dataConfig: PretrainedConfig;
  /** Threads of the engine; absent: all cores. */
  readonly threads?: number | undefined;
  /** Called after each batch. */
  readonly onBatch?: ((batch: EvaluatedBatch) => void) | undefined;
  /** Called with the outputs of each batch. */
  readonly onOutputs?: ((batch: BatchOutputs) => void) | undefined;
}

/** Result of a validation. */
export interface ModelValidation extends EvaluationResult {
  /** Of a classifier, unless it has very many classes: answers by class; else null. */
  readonly confusion: Confusion | null;
  /** Of classes or labels: what holds, what the model says; null for numbers. */
  readonly counts: readonly LabelCounts[] | null;
}

/**
 * Evaluates a model, and counts its answers by class or label.
 *
 * @throws RangeError if no image can be read, or the labels do not fit the task.
 */
export async function validateModel(
  trained: TrainedModel,
  { engine, loader, task, dataConfig, threads, onBatch, onOutputs }: ValidateModelOptions,
): Promise<ModelValidation> {
  const counter = answerCounter(task);
  const batchSize = Math.min(loader.batchSize, Math.max(1, loader.samples));
  const layout = { batchSize: trained.fixedBatch ?? batchSize, dataConfig, threads };
  const evaluation = await trained.compile(engine, layout);
  try {
    const result = await evaluateLoader(evaluation, loader, task, {
      where: "validate",
      onOutputs(batch) {
        counter.add(batch);
        onOutputs?.(batch);
      },
      onBatch: async (batch) => {
        onBatch?.(batch);
        return true;
      },
    });
    if (result === null) throw new Error("validate: the evaluation was stopped");
    return { ...result, ...counter.result() };
  } finally {
    await evaluation.close();
  }
}

/** Counts answers as they come. */
export interface AnswerCounter {
  /** Takes a batch in. */
  add(batch: BatchOutputs): void;
  /** Counts so far. */
  result(): Pick<ModelValidation, "confusion" | "counts">;
}

/** Counts the answers to a task. */
export function answerCounter({ answers, outputNames }: Task): AnswerCounter {
  if (answers?.kind === "class" && outputNames.length <= MOST_CLASSES) {
    const meter = confusionMeter(outputNames);
    return {
      add: ({ outputs, labels }) => meter.add(outputs, labels),
      result() {
        const confusion = meter.result();
        return { confusion, counts: classCounts(confusion) };
      },
    };
  }
  if (answers?.kind === "labels") {
    const meter = labelMeter(outputNames, answers.threshold);
    return {
      add: ({ outputs, labels }) => meter.add(outputs, labels),
      result: () => ({ confusion: null, counts: meter.result() }),
    };
  }
  return { add() {}, result: () => ({ confusion: null, counts: null }) };
}
