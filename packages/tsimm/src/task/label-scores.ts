/** Precision, recall and F1 of classes or labels. */
import type { Confusion } from "./confusion.ts";
import type { Labels } from "./labels.ts";

/** Counts of a class or label. */
export interface LabelCounts {
  readonly label: string;
  /** Images that it holds for. */
  readonly images: number;
  /** Images for which the model says so. */
  readonly predicted: number;
  /** Images of both kinds. */
  readonly both: number;
}

/** Scores in percent. */
export interface LabelScores {
  /** Share of what the model says that holds. */
  readonly precision: number;
  /** Share of what holds that the model says. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
}

/**
 * Averages of scores: `micro` counts all answers together, `macro` is the mean over the classes, `weighted` the same by
 * their images.
 */
export const scoreAverages = ["micro", "macro", "weighted"] as const;

/** One of {@link scoreAverages}. */
export type ScoreAverage = (typeof scoreAverages)[number];

/**
 * Counts of the classes of a confusion.
 *
 * @example
 * const counts = Uint32Array.of(3, 1, 0, 4);
 * classCounts({ classNames: ["cat", "dog"], counts })[1]; // => { label: "dog", images: 4, predicted: 5, both: 4 }
 */
export function classCounts({ classNames, counts }: Confusion): LabelCounts[] {
  const width = classNames.length;
  return classNames.map((label, index) => {
    let predicted = 0;
    for (let row = 0; row < width; row++) predicted += counts[row * width + index] ?? 0;
    const images = counts.subarray(index * width, (index + 1) * width).reduce((sum, one) => sum + one, 0);
    return { label, images, predicted, both: counts[index * width + index] ?? 0 };
  });
}

/** Collects the counts of labels that do not exclude each other. */
export interface LabelMeter {
  /**
   * Takes a batch in.
   *
   * @param outputs - Logits, float32 [B, labels].
   * @param labels - 0 or 1, [B, labels].
   */
  add(outputs: Float32Array, labels: Labels): void;
  /** The images so far. */
  result(): LabelCounts[];
}

/**
 * Starts counting.
 *
 * @param names - Names of the labels.
 * @param threshold - Probability from which on the model says a label, in (0, 1).
 * @example
 * const meter = labelMeter(["indoor", "people"], 0.5);
 * meter.add(Float32Array.of(2, -1), Float32Array.of(1, 1));
 * meter.result()[0]; // => { label: "indoor", images: 1, predicted: 1, both: 1 }
 */
export function labelMeter(names: readonly string[], threshold: number): LabelMeter {
  const width = names.length;
  const [images, predicted, both] = [new Uint32Array(width), new Uint32Array(width), new Uint32Array(width)];
  const logit = Math.log(threshold / (1 - threshold));
  return {
    add(outputs, labels) {
      for (let at = 0; at < outputs.length; at++) {
        const holds = (labels[at] ?? 0) >= 0.5 ? 1 : 0;
        const said = (outputs[at] ?? Number.NaN) >= logit ? 1 : 0;
        const index = at % width;
        images[index] = (images[index] ?? 0) + holds;
        predicted[index] = (predicted[index] ?? 0) + said;
        both[index] = (both[index] ?? 0) + holds * said;
      }
    },
    result: () =>
      names.map((label, index) => ({
        label,
        images: images[index] ?? 0,
        predicted: predicted[index] ?? 0,
        both: both[index] ?? 0,
      })),
  };
}

/**
 * Scores of counts; a share of nothing is 0.
 *
 * @example
 * labelScores({ images: 4, predicted: 5, both: 4 }); // => { precision: 80, recall: 100, f1: 88.88888888888889 }
 */
export function labelScores({ images, predicted, both }: Omit<LabelCounts, "label">): LabelScores {
  return {
    precision: percent(both, predicted),
    recall: percent(both, images),
    f1: percent(2 * both, images + predicted),
  };
}

/**
 * Average of the scores of classes or labels; those that neither hold nor are said anywhere do not count.
 *
 * @param rows - Counts of each.
 * @param average - Kind of the average.
 * @example
 * const cat = { label: "cat", images: 4, predicted: 3, both: 3 };
 * const dog = { label: "dog", images: 4, predicted: 5, both: 4 };
 * averageScores([cat, dog], "macro").precision; // => 90
 * @see scikit-learn `precision_recall_fscore_support`
 */
export function averageScores(rows: readonly LabelCounts[], average: ScoreAverage): LabelScores {
  const total = (key: "images" | "predicted" | "both") => rows.reduce((sum, row) => sum + row[key], 0);
  if (average === "micro") {
    return labelScores({ images: total("images"), predicted: total("predicted"), both: total("both") });
  }
  const counted = rows.filter(({ images, predicted }) => images + predicted > 0);
  const weights = counted.map(({ images }) => (average === "weighted" ? images : 1));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const scores = counted.map(labelScores);
  const mean = (key: keyof LabelScores) =>
    all === 0 ? 0 : scores.reduce((sum, one, i) => sum + one[key] * (weights[i] ?? 0), 0) / all;
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
