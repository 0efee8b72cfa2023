/** Evaluation of a set of weights over a loader. */
import type { Loader } from "../data/batch.ts";
import { checkOutputCount } from "../models/check-output-count.ts";
import type { Model } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import { createEvaluation, type Evaluation } from "../runtime/evaluation-step.ts";
import type { Labels } from "../task/labels.ts";
import type { Metrics, OutputMetric, Task } from "../task/task.ts";
import { checkBatch } from "./check-batch.ts";
import { checkPart } from "./check-parts.ts";
import type { BatchEvaluated } from "./events.ts";

/** Outputs of the model for a batch. */
export interface BatchOutputs {
  /** float32 [B, outputs]. */
  readonly outputs: Float32Array;
  /** Of the same images. */
  readonly labels: Labels;
  /** B. */
  readonly size: number;
  /** Indices of the images in the data set, [B]; absent: not known. */
  readonly indices?: Int32Array;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Runs the model. */
  readonly engine: Engine;
  /** Mean of each channel, of pixels in [0, 1], that images are normalised with; absent: the model's own. */
  readonly mean?: readonly number[] | undefined;
  /** Standard deviation of each channel, > 0; absent: the model's own. */
  readonly std?: readonly number[] | undefined;
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number | undefined;
  /** Callback after each batch. */
  readonly onBatch?: ((event: BatchEvaluated) => void | Promise<void>) | undefined;
  /** Callback with the outputs of each batch, which are of the caller from then on. */
  readonly onOutputs?: ((batch: BatchOutputs) => void) | undefined;
  /** Aborting it ends the evaluation with an AbortError. */
  readonly signal?: AbortSignal | undefined;
}

/** Result of an evaluation. */
export interface EvaluationResult {
  readonly metrics: Metrics;
  /** Images that count. */
  readonly images: number;
  /** Images that cannot be read and do not count. */
  readonly unreadable: number;
  /** The metric of each class or output, where the task has one. */
  readonly byOutput: readonly OutputMetric[];
}

/**
 * Runs every image of a loader through a model.
 *
 * @param model - Its present weights; a moving average is evaluated as `{ ...model, state: average.state }`.
 * @param loader - Images in order, each once.
 * @param task - What is measured.
 * @throws RangeError if the loader has no image, or the model's outputs do not fit the task.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const pixels = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const loader = {
 *   batchSize: 4, inputSize: [3, 32, 32], length: 1, samples: 4,
 *   async *batches() {
 *     yield { images: pixels, labels: Int32Array.of(0, 1, 0, 1), size: 4 };
 *   },
 * };
 * const task = classification.create({ outputNames: ["cat", "dog"] });
 * const { metrics } = await evaluate(model, loader, task, { engine: await createEngine() });
 * metrics.top5; // => 100
 */
export async function evaluate(
  model: Model,
  loader: Loader,
  task: Task,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  checkOptionNames("evaluate", options, {
    ...{ engine: true, mean: true, std: true, threads: true, onBatch: true, onOutputs: true, signal: true },
  });
  const { engine, threads, onBatch, onOutputs, signal } = options;
  for (const [name, part] of Object.entries({ engine, model, loader, task }))
    checkPart("evaluate", name, part);
  const { mean = model.pretrainedCfg.mean, std = model.pretrainedCfg.std } = options;
  checkOutputs("evaluate", model, task);
  const [, height, width] = loader.inputSize;
  const evaluation = await createEvaluation(engine, model, {
    batchSize: Math.min(loader.batchSize, Math.max(1, loader.samples)),
    ...(loader.input === "float32"
      ? { height, width, input: "float32" as const }
      : { height, width, input: "uint8" as const, mean, std }),
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    const result = await evaluateLoader(evaluation, loader, task, {
      where: "evaluate",
      onOutputs,
      onBatch: async (batch) => {
        await onBatch?.({ ...batch, epoch: null, epochs: null, weights: "plain" });
        return signal?.aborted !== true;
      },
    });
    if (result === null) throw new DOMException("evaluate: the signal ended it", "AbortError");
    return result;
  } finally {
    await evaluation.close();
  }
}

/** A batch of an evaluation, without its place in a run. */
export type EvaluatedBatch = Omit<BatchEvaluated, "epoch" | "epochs" | "weights">;

/** Options of {@link evaluateLoader}. */
export interface EvaluateLoaderOptions {
  /** Function named in errors. */
  readonly where: string;
  /** Called after each batch; false ends the evaluation. */
  onBatch(batch: EvaluatedBatch): Promise<boolean>;
  /** Called with the outputs of each batch, before `onBatch`. */
  readonly onOutputs?: ((batch: BatchOutputs) => void) | undefined;
}

/**
 * Runs every image that can be read through a compiled evaluation.
 *
 * @returns null when `onBatch` asked to stop before the end.
 * @throws RangeError if the loader gives no image, or its labels do not fit the task.
 */
export async function evaluateLoader(
  evaluation: Pick<Evaluation, "run">,
  loader: Loader,
  task: Task,
  { where, onBatch, onOutputs }: EvaluateLoaderOptions,
): Promise<EvaluationResult | null> {
  const meter = task.createMeter();
  let index = 0;
  let started = performance.now();
  for await (const given of loader.batches(0)) {
    checkBatch(where, given, loader, index);
    const { images, labels, size, indices } = given;
    const outputs = await evaluation.run(images, size);
    const batch = meter.add(outputs, labels);
    onOutputs?.({ outputs, labels, size, ...(indices === undefined ? {} : { indices }) });
    const seconds = (performance.now() - started) / 1000;
    started = performance.now();
    const means = meter.means();
    const goesOn = await onBatch({
      ...{ type: "batchEvaluated", index, batches: loader.length, images: size, seconds, batch, means },
    });
    index++;
    if (!goesOn && index < loader.length) return null;
  }
  const { images } = meter;
  if (images === 0) {
    throw new RangeError(
      loader.samples === 0
        ? `${where}: the loader must have at least one image, got none`
        : `${where}: no image of the ${loader.samples} for validation can be read`,
    );
  }
  return {
    metrics: meter.result(),
    ...{ images, unreadable: Math.max(0, loader.samples - images), byOutput: meter.byOutput() },
  };
}

/**
 * Refuses a task with another number of outputs than the model.
 *
 * @throws RangeError
 */
export function checkOutputs(where: string, model: Model, task: Task): void {
  const outputs = task.outputNames.length;
  if (outputs === 0) {
    throw new RangeError(`${where}: task must have at least one output, got none (${task.name})`);
  }
  checkOutputCount(where, model, outputs, task.name);
}
