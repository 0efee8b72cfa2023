/** Labels of classification: class ids, or a probability for each class. */
import { checkLabelArray, type Label, type Labels } from "./labels.ts";

/** Largest distance of the sum of probabilities from 1, for labels that were rounded to float32 or less. */
const sumTolerance = 1e-3;

/**
 * Refuses labels that are no classes.
 *
 * @param where - Task named in errors.
 * @param labels - int32 [B] of class ids, or float32 [B, classes] of probabilities.
 * @param numClasses - Number of classes.
 * @throws RangeError for a class that does not exist, a probability out of [0, 1], or probabilities whose sum is not 1.
 */
export function checkClassLabels(where: string, labels: Labels, numClasses: number): void {
  checkLabelArray(where, labels);
  if (labels instanceof Int32Array) {
    for (const [image, label] of labels.entries()) checkClass(where, label, image, numClasses);
    return;
  }
  if (labels.length % numClasses !== 0) {
    throw new RangeError(
      `${where}: labels must be class ids, or ${numClasses} probabilities for each image, got ${labels.length} numbers`,
    );
  }
  for (let start = 0; start < labels.length; start += numClasses) {
    checkProbabilities(where, labels.subarray(start, start + numClasses), start / numClasses);
  }
}

/**
 * Training images of each class; a label of probabilities counts in parts.
 *
 * @throws RangeError as {@link checkClassLabels} does.
 */
export function countClasses(where: string, labels: readonly Label[], numClasses: number): Float64Array {
  const counts = new Float64Array(numClasses);
  for (const [image, label] of labels.entries()) {
    if (typeof label === "number") {
      checkClass(where, label, image, numClasses);
      counts[label] = (counts[label] ?? 0) + 1;
      continue;
    }
    if (label.length !== numClasses) {
      throw new RangeError(
        `${where}: label of image ${image} must have a probability for each of ${numClasses} classes, got ${label.length} numbers`,
      );
    }
    checkProbabilities(where, label, image);
    for (const [index, probability] of label.entries()) counts[index] = (counts[index] ?? 0) + probability;
  }
  return counts;
}

function checkClass(where: string, label: number, image: number, numClasses: number): void {
  if (Number.isInteger(label) && label >= 0 && label < numClasses) return;
  throw new RangeError(
    `${where}: label of image ${image} must be a class in [0, ${numClasses - 1}], got ${label}; ` +
      "correct the label, or name as many classes as there are",
  );
}

function checkProbabilities(where: string, probabilities: ArrayLike<number>, image: number): void {
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const probability = probabilities[index] ?? Number.NaN;
    if (!(probability >= 0 && probability <= 1 + sumTolerance)) {
      throw new RangeError(
        `${where}: label of image ${image} must be probabilities in [0, 1], got ${probability} for class ${index}`,
      );
    }
    sum += probability;
  }
  if (Math.abs(sum - 1) <= sumTolerance) return;
  throw new RangeError(
    `${where}: label of image ${image} must be probabilities whose sum is 1, got ${sum}; ` +
      "divide them by their sum, or take the task multi-label for labels that do not exclude each other",
  );
}
