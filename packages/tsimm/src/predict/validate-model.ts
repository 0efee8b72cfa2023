/** The validation of one trained model on a loader. */
import type { Loader } from "../data/batch.ts";
import type { PretrainedConfig } from "../models/model.ts";
import { answerRecorder } from "../report/answer-record.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Confusion } from "../task/confusion.ts";
import type { LabelCounts } from "../task/label-scores.ts";
import type { Task } from "../task/task.ts";
import {
  type BatchOutputs,
  type EvaluatedBatch,
  type EvaluationResult,
  evaluateLoader,
} from "../train/evaluate.ts";
import type { TrainedModel } from "./trained-model.ts";

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
  const recorder = answerRecorder(task);
  const batchSize = Math.min(loader.batchSize, Math.max(1, loader.samples));
  const layout = { batchSize: trained.fixedBatch ?? batchSize, dataConfig, threads };
  const evaluation = await trained.compile(engine, layout);
  try {
    const result = await evaluateLoader(evaluation, loader, task, {
      where: "validate",
      onOutputs(batch) {
        recorder.add(batch);
        onOutputs?.(batch);
      },
      onBatch: async (batch) => {
        onBatch?.(batch);
        return true;
      },
    });
    if (result === null) throw new Error("validate: the evaluation was stopped");
    const { confusion, counts } = recorder.result();
    return { ...result, confusion, counts };
  } finally {
    await evaluation.close();
  }
}
