/** Metrics of multi-label classification. */
import { averagePrecision } from "./average-precision.ts";
import { checkOutputs } from "./check-outputs.ts";
import type { Labels } from "./labels.ts";
import type { Meter, Metrics, OutputMetric } from "./task.ts";

/** Options of {@link multiLabelMeter}. */
export interface MultiLabelMeterOptions {
  /** Names of the labels. */
  readonly names: readonly string[];
  /** Logit from which on a label is predicted. */
  readonly threshold: number;
  /** Checks labels, [B, labels]. */
  readonly check: (labels: Labels) => Labels;
}

/** Counts of one label at the threshold. */
interface Counts {
  positives: number;
  predicted: number;
  both: number;
}

/**
 * Mean binary cross-entropy; mean average precision and F1 over the labels that occur, in percent; and the average
 * precision of each label.
 *
 * Average precision needs every output: 5 bytes for each image and label are kept.
 *
 * @param where - Task named in errors.
 */
export function multiLabelMeter(where: string, { names, threshold, check }: MultiLabelMeterOptions): Meter {
  const width = names.length;
  const batches: { readonly outputs: Float32Array; readonly positives: Uint8Array }[] = [];
  const counts = names.map((): Counts => ({ positives: 0, predicted: 0, both: 0 }));
  let images = 0;
  let loss = 0;
  let precisions: readonly number[] | null = null;
  const means = (): Metrics => ({ loss: loss / (images * width) });
  /** Percent, NaN for a label without positives. */
  const averagePrecisions = (): readonly number[] => {
    precisions ??= names.map((_, label) => {
      const [scores, positives] = [new Float32Array(images), new Uint8Array(images)];
      let image = 0;
      for (const batch of batches) {
        for (let at = label; at < batch.outputs.length; at += width) {
          scores[image] = batch.outputs[at] ?? Number.NaN;
          positives[image++] = batch.positives[at] ?? 0;
        }
      }
      return 100 * averagePrecision(scores, positives);
    });
    return precisions;
  };
  const occurring = <T>(values: readonly T[]): T[] => values.filter((_, label) => isFound(counts[label]));
  return {
    get images() {
      return images;
    },
    add(outputs, labels) {
      check(labels);
      const size = labels.length / width;
      checkOutputs(where, outputs, size, width);
      const positives = Uint8Array.from(labels, (label) => (label >= 0.5 ? 1 : 0));
      let batchLoss = 0;
      for (let at = 0; at < outputs.length; at++) {
        const logit = outputs[at] ?? Number.NaN;
        batchLoss += binaryCrossEntropyOf(logit, labels[at] ?? Number.NaN);
        const count = counts[at % width];
        if (count === undefined) continue;
        const [positive, predicted] = [positives[at] ?? 0, logit >= threshold ? 1 : 0];
        count.positives += positive;
        count.predicted += predicted;
        count.both += positive * predicted;
      }
      batches.push({ outputs: outputs.slice(), positives });
      precisions = null;
      images += size;
      loss += batchLoss;
      return { loss: batchLoss / (size * width) };
    },
    means,
    result: () => ({
      ...means(),
      map: mean(occurring(averagePrecisions())),
      f1: 100 * mean(occurring(counts.map(f1))),
    }),
    byOutput: () =>
      averagePrecisions().flatMap((value, index): OutputMetric[] => {
        const [label, count] = [names[index], counts[index]];
        if (label === undefined || count === undefined || !isFound(count)) return [];
        return [{ label, images: count.positives, value }];
      }),
  };
}

/** max(z, 0) - z q + log(1 + exp(-|z|)). */
function binaryCrossEntropyOf(logit: number, target: number): number {
  return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
}

function f1({ positives, predicted, both }: Counts): number {
  return (2 * both) / (positives + predicted);
}

function isFound(count: Counts | undefined): boolean {
  return count !== undefined && count.positives > 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
