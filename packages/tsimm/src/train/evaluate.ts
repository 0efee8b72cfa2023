/** Validation: loss and accuracy of a set of weights over a loader. */
import type { Loader } from "../data/batch.ts";
import { testLine } from "../listeners/log-format.ts";
import type { Reporter } from "../listeners/reporter.ts";
import type { Metrics } from "../listeners/summary.ts";
import type { Evaluation } from "../runtime/evaluation-step.ts";
import { addSums, type MetricSums, scoreLogits } from "../task/metrics.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  readonly numClasses: number;
  /** Epoch that was just trained. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches between two log lines, >= 1. */
  readonly logInterval: number;
  /** Name in the log: `Test`, or `Test (EMA)`. */
  readonly name: string;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Runs every image that can be read through the model.
 *
 * @returns Means over the images, accuracies in percent; null when `signal` asked to stop before the end.
 */
export async function evaluate(
  evaluation: Evaluation,
  loader: Loader,
  options: EvaluateOptions,
): Promise<Metrics | null> {
  const { numClasses, epoch, epochs, logInterval, name, reporter, signal } = options;
  let sums: MetricSums = { loss: 0, top1: 0, top5: 0, images: 0 };
  let index = 0;
  let elapsed = 0;
  let started = performance.now();
  let pendingLine: string | null = null;
  for await (const batch of loader.batches(0)) {
    if (signal.aborted) return null;
    const logits = await evaluation.run(batch.images, batch.size);
    const score = scoreLogits(logits, batch.labels, numClasses);
    sums = addSums(sums, score);
    const time = (performance.now() - started) / 1000;
    started = performance.now();
    elapsed += time;
    const lastIndex = loader.length - 1;
    const now = means(score);
    const all = means(sums);
    pendingLine = testLine({
      name,
      index,
      lastIndex,
      time: { value: time, mean: elapsed / (index + 1) },
      loss: { value: now.loss, mean: all.loss },
      top1: { value: now.top1, mean: all.top1 },
      top5: { value: now.top5, mean: all.top5 },
    });
    if (index % logInterval === 0 || index === lastIndex) {
      reporter.interval(pendingLine);
      pendingLine = null;
    }
    index++;
    reporter.progress({
      phase: "validate",
      epoch,
      epochs,
      done: index,
      total: loader.length,
      loss: sums.loss / sums.images,
      lr: null,
      imagesPerSecond: sums.images / elapsed,
      secondsLeft: null,
    });
  }
  const unreadable = loader.samples - sums.images;
  if (unreadable === 0) return means(sums);
  if (sums.images === 0)
    throw new Error(`train: no image of the ${loader.samples} for validation can be read`);
  if (pendingLine !== null) reporter.interval(pendingLine);
  reporter.info(`${name}: ${unreadable} of ${loader.samples} images cannot be read and do not count`);
  return means(sums);
}

function means({ loss, top1, top5, images }: MetricSums): Metrics {
  return { loss: loss / images, top1: (100 * top1) / images, top5: (100 * top5) / images };
}
