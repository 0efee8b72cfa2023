/** Weights of classes in a loss, for classes that come unequally often. */
import { listNames } from "../text/list-names.ts";
import { countClasses } from "./class-labels.ts";
import { type NamedWeights, weightsByName } from "./named-weights.ts";
import type { TaskContext } from "./task.ts";

/** `balanced`, or weights by class name; null: every class has weight 1. */
export type ClassWeights = "balanced" | NamedWeights | null;

/**
 * Weight of each class; `balanced`: images / (classes · images of the class), so that their mean over the images is 1.
 *
 * @param where - Task named in errors.
 * @param classWeights - What was asked for.
 * @param context - Names of the classes; for `balanced` also the labels of the training images.
 * @returns One weight per class, or undefined: all are 1.
 * @throws RangeError for a class that does not exist, a weight that is no number > 0, and for `balanced` if the labels
 * are not known or a class has no image.
 * @see scikit-learn `sklearn.utils.class_weight.compute_class_weight`
 */
export function resolveClassWeights(
  where: string,
  classWeights: ClassWeights,
  { outputNames, trainingLabels }: TaskContext,
): readonly number[] | undefined {
  if (classWeights === null) return undefined;
  if (classWeights !== "balanced") return weightsByName(`${where}: classWeights`, classWeights, outputNames);
  if (trainingLabels === undefined) {
    throw new RangeError(
      `${where}: classWeights must be by class name where the training labels are not known, got "balanced"; ` +
        "give trainingLabels, or the weights themselves",
    );
  }
  const counts = countClasses(where, trainingLabels, outputNames.length);
  const empty = outputNames.filter((_, index) => !((counts[index] ?? 0) > 0));
  if (empty.length > 0) {
    throw new RangeError(
      `${where}: classWeights must be by class name where a class has no training image, got "balanced" ` +
        `without images of ${listNames(empty)}; add images, leave the class out, or give the weights themselves`,
    );
  }
  return Array.from(counts, (count) => trainingLabels.length / (outputNames.length * count));
}
