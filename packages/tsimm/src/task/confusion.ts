/** The confusion of a classifier: images by their class and by what the model says. */
import type { Labels } from "./labels.ts";

/** Images of each class by the class that the model says. */
export interface Confusion {
  /** Names of the classes, in the order of rows and columns. */
  readonly classNames: readonly string[];
  /** Row-major [classes, classes]: row t, column p counts the images of class t of which the model says p. */
  readonly counts: Uint32Array;
}

/** Collects a {@link Confusion} batch by batch. */
export interface ConfusionMeter {
  /**
   * Takes a batch in.
   *
   * @param outputs - Outputs of the model, float32 [B, classes].
   * @param labels - Class ids, int32 [B], or probabilities, float32 [B, classes], of which the largest counts.
   */
  add(outputs: Float32Array, labels: Labels): void;
  /** The images so far. */
  result(): Confusion;
}

/**
 * Starts counting.
 *
 * @param classNames - Names of the outputs.
 * @example
 * const meter = confusionMeter(["cat", "dog"]);
 * meter.add(Float32Array.of(2, 1, 0, 3), Int32Array.of(0, 0));
 * meter.result().counts; // => Uint32Array [1, 1, 0, 0]
 */
export function confusionMeter(classNames: readonly string[]): ConfusionMeter {
  const width = classNames.length;
  const counts = new Uint32Array(width * width);
  return {
    add(outputs, labels) {
      const ofIds = labels instanceof Int32Array;
      for (let image = 0; image * width < outputs.length; image++) {
        const row = outputs.subarray(image * width, (image + 1) * width);
        const label = ofIds
          ? (labels[image] ?? 0)
          : largest(labels.subarray(image * width, (image + 1) * width));
        const place = label * width + largest(row);
        counts[place] = (counts[place] ?? 0) + 1;
      }
    },
    result: () => ({ classNames, counts: counts.slice() }),
  };
}

/** Index of the largest value, of equal ones the first; NaN never is. */
export function largest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    const [value = Number.NaN, highest = Number.NaN] = [values[index], values[best]];
    if (value > highest || Number.isNaN(highest)) best = index;
  }
  return best;
}
