/** Metrics of classification. */
import { checkOutputs } from "./check-outputs.ts";
import { checkClassLabels } from "./class-labels.ts";
import type { Labels } from "./labels.ts";
import { logSumExp, rankOf } from "./logits.ts";
import type { Meter, Metrics, OutputMetric } from "./task.ts";

/** Sums over images; divided by their number they are means. */
interface Sums {
  /** Sum of cross-entropies. */
  loss: number;
  /** Images whose class has the largest logit. */
  top1: number;
  /** Images whose class is among the five largest logits. */
  top5: number;
  images: number;
}

/**
 * Cross-entropy, top-1 and top-5 accuracy in percent, and the top-1 accuracy of each class.
 *
 * The class of an image that is labelled with probabilities is its most probable one, of equal ones the first.
 *
 * @param where - Task named in errors.
 * @param classNames - Names of the classes.
 */
export function accuracyMeter(where: string, classNames: readonly string[]): Meter {
  const width = classNames.length;
  let total: Sums = { loss: 0, top1: 0, top5: 0, images: 0 };
  const images = new Float64Array(width);
  const hits = new Float64Array(width);
  const means = () => meansOf(total);
  return {
    get images() {
      return total.images;
    },
    add(outputs, labels) {
      const size = labels instanceof Int32Array ? labels.length : labels.length / width;
      checkClassLabels(where, labels, width);
      checkOutputs(where, outputs, size, width);
      const batch: Sums = { loss: 0, top1: 0, top5: 0, images: size };
      for (let image = 0; image < size; image++) {
        const row = outputs.subarray(image * width, (image + 1) * width);
        const label = classOf(labels, image, width);
        const rank = rankOf(row, label);
        batch.loss += crossEntropy(row, labels, image);
        if (rank < 1) batch.top1++;
        if (rank < 5) batch.top5++;
        images[label] = (images[label] ?? 0) + 1;
        if (rank < 1) hits[label] = (hits[label] ?? 0) + 1;
      }
      total = {
        loss: total.loss + batch.loss,
        top1: total.top1 + batch.top1,
        top5: total.top5 + batch.top5,
        images: total.images + size,
      };
      return meansOf(batch);
    },
    means,
    result: means,
    byOutput: () =>
      classNames.flatMap((label, index): OutputMetric[] => {
        const count = images[index] ?? 0;
        return count > 0 ? [{ label, images: count, value: (100 * (hits[index] ?? 0)) / count }] : [];
      }),
  };
}

function meansOf({ loss, top1, top5, images }: Sums): Metrics {
  return { loss: loss / images, top1: (100 * top1) / images, top5: (100 * top5) / images };
}

function classOf(labels: Labels, image: number, width: number): number {
  if (labels instanceof Int32Array) return labels[image] ?? Number.NaN;
  const row = labels.subarray(image * width, (image + 1) * width);
  return row.reduce((best, probability, index) => (probability > (row[best] ?? 0) ? index : best), 0);
}

/** -sum over classes of q log softmax(z), without the classes of probability 0. */
function crossEntropy(row: Float32Array, labels: Labels, image: number): number {
  const all = logSumExp(row);
  if (labels instanceof Int32Array) return all - (row[labels[image] ?? 0] ?? Number.NaN);
  let loss = 0;
  for (const [index, logit] of row.entries()) {
    const probability = labels[image * row.length + index] ?? Number.NaN;
    if (probability !== 0) loss += probability * (all - logit);
  }
  return loss;
}
