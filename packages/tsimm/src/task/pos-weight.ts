/** Weights of positive targets, for labels that hold for few images. */
import { type OptionCheck, positive } from "../optim/option-checks.ts";
import { listNames } from "../text/list-names.ts";
import { type NamedWeights, namedWeights, weightsByName } from "./named-weights.ts";
import { type NumberLabels, numberRows } from "./number-labels.ts";
import type { TaskContext } from "./task.ts";

/** One weight for all labels, weights by label, or `balanced`; null: 1. */
export type PosWeight = number | "balanced" | NamedWeights | null;

/** Values of the option. */
export const posWeightOption: OptionCheck = {
  text: `a number > 0, ${namedWeights.text}`,
  test: (value) => positive.test(value) || namedWeights.test(value),
};

/**
 * Weight of the positive targets of each label; `balanced`: images without the label / images with it.
 *
 * @param where - Task named in errors.
 * @param posWeight - What was asked for.
 * @param context - Names of the labels; for `balanced` also the labels of the training images.
 * @param kind - What those labels must be.
 * @returns One weight, one per label, or undefined: 1.
 * @throws RangeError for a label that does not exist, a weight that is no number > 0, and for `balanced` if the training
 * labels are not known, or a label holds for none or for all of the images.
 * @see PyTorch `torch.nn.BCEWithLogitsLoss`
 */
export function resolvePosWeight(
  where: string,
  posWeight: PosWeight,
  { outputNames, trainingLabels }: TaskContext,
  kind: NumberLabels,
): number | readonly number[] | undefined {
  if (posWeight === null) return undefined;
  if (typeof posWeight === "number") return posWeight;
  if (posWeight !== "balanced") return weightsByName(`${where}: posWeight`, posWeight, outputNames);
  if (trainingLabels === undefined) {
    throw new RangeError(
      `${where}: posWeight must be a number or by label where the training labels are not known, got "balanced"; ` +
        "give trainingLabels, or the weights themselves",
    );
  }
  const positives = new Float64Array(outputNames.length);
  for (const [at, value] of numberRows(where, trainingLabels, kind).entries()) {
    const label = at % positives.length;
    positives[label] = (positives[label] ?? 0) + value;
  }
  const images = trainingLabels.length;
  const oneSided = outputNames.filter((_, label) => {
    const count = positives[label] ?? 0;
    return !(count > 0 && count < images);
  });
  if (oneSided.length > 0) {
    throw new RangeError(
      `${where}: posWeight must be a number or by label where a label holds for none or all of the training images, ` +
        `got "balanced" with ${listNames(oneSided)}; leave the label out, or give the weights themselves`,
    );
  }
  return Array.from(positives, (count) => (images - count) / count);
}
