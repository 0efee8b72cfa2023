/** Standardised targets of regression: mean 0 and standard deviation 1 over the training images. */
import type { OptionCheck } from "../optim/option-checks.ts";
import { isRecord } from "./named-weights.ts";
import { type NumberLabels, numberRows } from "./number-labels.ts";
import type { TaskContext } from "./task.ts";

/** Mean and deviation that targets are standardised with: target = (label - mean) / std. */
export interface Standardization {
  /** Mean of each output. */
  readonly mean: readonly number[];
  /** Standard deviation of each output, > 0. */
  readonly std: readonly number[];
}

/** Values of the option. */
export const standardizeOption: OptionCheck = {
  text: "true, false, or { mean, std } with a number per output, std > 0",
  test: (value) => typeof value === "boolean" || value === null || isStandardization(value),
};

function isStandardization(value: unknown): boolean {
  if (!isRecord(value) || !("mean" in value && "std" in value)) return false;
  const { mean, std } = value;
  return (
    Object.keys(value).length === 2 && areFinite(mean) && areFinite(std) && std.every((each) => each > 0)
  );
}

function areFinite(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every(Number.isFinite);
}

/**
 * Mean and standard deviation of each output, those of the training labels or those that were given.
 *
 * The deviation is that of the population, sqrt(mean of (y - mean)^2), and 1 for an output that never changes.
 *
 * @param where - Task named in errors.
 * @param standardize - What was asked for; null: yes, where the training labels are known.
 * @param context - Names of the outputs, and labels of the training images.
 * @param kind - What those labels must be.
 * @returns null: labels are targets as they are.
 * @throws RangeError if labels are asked for that are not known, or there is not one number per output.
 * @see scikit-learn `sklearn.preprocessing.StandardScaler`
 */
export function resolveStandardization(
  where: string,
  standardize: boolean | Standardization | null,
  { outputNames, trainingLabels }: TaskContext,
  kind: NumberLabels,
): Standardization | null {
  if (standardize === false) return null;
  if (isRecord(standardize)) {
    for (const [name, list] of Object.entries(standardize)) {
      if (list.length === outputNames.length) continue;
      throw new RangeError(
        `${where}: standardize.${name} must have ${outputNames.length} numbers, one for each output, got ${list.length}`,
      );
    }
    return standardize;
  }
  if (trainingLabels === undefined || trainingLabels.length === 0) {
    if (standardize === null) return null;
    throw new RangeError(
      `${where}: standardize must be false or { mean, std } where the training labels are not known, got true; ` +
        "give trainingLabels, or the numbers themselves",
    );
  }
  return statistics(numberRows(where, trainingLabels, kind), outputNames.length);
}

function statistics(rows: Float64Array, width: number): Standardization {
  const images = rows.length / width;
  const mean = columns(rows, width, (value) => value).map((sum) => sum / images);
  const squares = columns(rows, width, (value, output) => (value - (mean[output] ?? Number.NaN)) ** 2);
  return { mean, std: squares.map((sum) => Math.sqrt(sum / images) || 1) };
}

/** Sum over the images for each output. */
function columns(rows: Float64Array, width: number, of: (value: number, output: number) => number): number[] {
  const sums = new Array<number>(width).fill(0);
  for (const [at, value] of rows.entries()) {
    const output = at % width;
    sums[output] = (sums[output] ?? 0) + of(value, output);
  }
  return sums;
}
