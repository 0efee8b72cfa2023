/** Metrics of regression. */
import { checkOutputs } from "./check-outputs.ts";
import type { Labels } from "./labels.ts";
import type { Standardization } from "./standardization.ts";
import type { Meter, Metrics } from "./task.ts";

/** Options of {@link regressionMeter}. */
export interface RegressionMeterOptions {
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** Loss of one difference between output and target. */
  readonly lossOf: (difference: number) => number;
  /** Mean and deviation that the model's outputs are in units of. */
  readonly scale: Standardization;
  /** Checks labels, [B, outputs]. */
  readonly check: (labels: Labels) => Labels;
}

/** Sums of one output over the images, in the unit of the labels. */
interface Sums {
  absolute: number;
  squares: number;
  /** Mean of the labels so far. */
  mean: number;
  /** Sum of the squared differences of the labels from their mean. */
  spread: number;
}

/**
 * Mean loss of the standardised outputs; mean absolute error and R² in the unit of the labels, each the mean over the
 * outputs; and the mean absolute error of each output.
 *
 * R² = 1 - sum of (y - p)^2 / sum of (y - mean of y)^2. Of labels that are all the same it is 1 without an error, else
 * 0, of fewer than two images NaN.
 *
 * @param where - Task named in errors.
 * @see scikit-learn `sklearn.metrics.r2_score`
 */
export function regressionMeter(
  where: string,
  { names, lossOf, scale, check }: RegressionMeterOptions,
): Meter {
  const width = names.length;
  const outputs = names.map((_, index) => {
    const [mean = Number.NaN, std = Number.NaN] = [scale.mean[index], scale.std[index]];
    const sums: Sums = { absolute: 0, squares: 0, mean: 0, spread: 0 };
    return { mean, std, sums };
  });
  let images = 0;
  let loss = 0;
  let absolute = 0;
  const means = (): Metrics => ({ loss: loss / (images * width), mae: absolute / (images * width) });
  return {
    get images() {
      return images;
    },
    add(values, labels) {
      check(labels);
      const size = labels.length / width;
      checkOutputs(where, values, size, width);
      const batch = { loss: 0, absolute: 0 };
      for (let image = 0; image < size; image++) {
        images++;
        for (const [index, { mean, std, sums }] of outputs.entries()) {
          const at = image * width + index;
          const [value, label] = [values[at] ?? Number.NaN, labels[at] ?? Number.NaN];
          const difference = value * std + mean - label;
          batch.loss += lossOf(value - (label - mean) / std);
          batch.absolute += Math.abs(difference);
          sums.absolute += Math.abs(difference);
          sums.squares += difference * difference;
          // Welford: no sum of squares that a far mean would swamp.
          const fromMean = label - sums.mean;
          sums.mean += fromMean / images;
          sums.spread += fromMean * (label - sums.mean);
        }
      }
      loss += batch.loss;
      absolute += batch.absolute;
      return { loss: batch.loss / (size * width), mae: batch.absolute / (size * width) };
    },
    means,
    result: () => ({
      ...means(),
      r2: images < 2 ? Number.NaN : outputs.reduce((sum, { sums }) => sum + r2(sums), 0) / width,
    }),
    byOutput: () =>
      images === 0
        ? []
        : outputs.map(({ sums }, index) => ({
            label: names[index] ?? "",
            images,
            value: sums.absolute / images,
          })),
  };
}

function r2({ squares, spread }: Sums): number {
  // 0 times it: an output that is not finite gives NaN here too.
  if (spread === 0) return squares === 0 ? 1 : 0 * squares;
  return 1 - squares / spread;
}
