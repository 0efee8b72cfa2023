/** Labels that are one number per output. */
import type { OptionCheck } from "../optim/option-checks.ts";
import { checkLabelArray, type Label, type Labels } from "./labels.ts";

/** The numbers of a label: their names and range. */
export interface NumberLabels {
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** Check of each number. */
  readonly check: OptionCheck;
  /** Advice for a number that is refused. */
  readonly cure: string;
}

/**
 * Labels of a batch as one number per output.
 *
 * @param where - Task named in errors.
 * @param labels - float32 [B, outputs]; for one output also [B], int32 or float32.
 * @returns The same numbers, [B, outputs].
 * @throws RangeError if there are not as many numbers as outputs for each image, or a number is not allowed.
 */
export function numberLabels(where: string, labels: Labels, kind: NumberLabels): Labels {
  checkLabelArray(where, labels);
  const { names } = kind;
  const width = names.length;
  if (labels instanceof Int32Array && width > 1) {
    throw new RangeError(
      `${where}: labels must be ${width} numbers for each image, got one; ` +
        "label each image with a list, or take the task classification for class ids",
    );
  }
  if (labels.length % width !== 0) {
    throw new RangeError(
      `${where}: labels must be ${width} numbers for each image, got ${labels.length} in all`,
    );
  }
  for (let at = 0; at < labels.length; at++) {
    const value = labels[at];
    if (!kind.check.test(value)) throw wrongNumber(where, kind, at % width, Math.floor(at / width), value);
  }
  return labels;
}

/**
 * Labels of single images as one number per output.
 *
 * @param where - Task named in errors.
 * @param labels - A list for each image; for one output also a number.
 * @returns float64 [images, outputs].
 * @throws RangeError as {@link numberLabels} does.
 */
export function numberRows(where: string, labels: readonly Label[], kind: NumberLabels): Float64Array {
  const width = kind.names.length;
  const rows = new Float64Array(labels.length * width);
  for (const [image, label] of labels.entries()) {
    const row = typeof label === "number" ? [label] : label;
    if (row.length !== width) {
      throw new RangeError(
        `${where}: label of image ${image} must be ${width} numbers, one for each output, got ${row.length}`,
      );
    }
    for (const [index, value] of row.entries()) {
      if (!kind.check.test(value)) throw wrongNumber(where, kind, index, image, value);
    }
    rows.set(row, image * width);
  }
  return rows;
}

function wrongNumber(
  where: string,
  { names, check, cure }: NumberLabels,
  output: number,
  image: number,
  value: unknown,
): RangeError {
  return new RangeError(
    `${where}: label "${names[output]}" of image ${image} must be ${check.text}, got ${String(value)}; ${cure}`,
  );
}
