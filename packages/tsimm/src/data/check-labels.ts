/** Checks of labels that a program gives. */
import type { Label } from "../task/labels.ts";
import type { LabelKind } from "./image-dataset.ts";

/** Rules for labels. */
export interface LabelChecks {
  readonly kind: LabelKind;
  /** Classes or outputs. */
  readonly outputs: number;
}

/**
 * Refuses labels that do not fit.
 *
 * @param where - Function named in errors.
 * @param labels - A label for each image.
 * @param checks - Kind, and number of classes or outputs.
 * @throws RangeError that names the first label that does not fit.
 */
export function checkLabels(where: string, labels: readonly Label[], { kind, outputs }: LabelChecks): void {
  const allowed = {
    class: `an integer in 0 … ${outputs - 1} or ${outputs} probabilities whose sum is 1`,
    multi: `${outputs} numbers, each 0 or 1`,
    number: `${outputs} finite ${outputs === 1 ? "number" : "numbers"}`,
  }[kind];
  for (const [index, label] of labels.entries()) {
    if (typeof label === typeof labels[0] && fits(label, kind, outputs)) continue;
    throw new RangeError(`${where}: labels[${index}] must be ${allowed}, got ${labelText(label)}`);
  }
}

function labelText(label: Label): string {
  return Array.isArray(label) ? `[${label.map(String).join()}]` : String(label);
}

/** Largest distance of a sum of probabilities from 1: they may have been rounded. */
const SUM_TOLERANCE = 1e-3;

function fits(label: Label, kind: LabelKind, outputs: number): boolean {
  if (typeof label === "number") {
    return kind === "class" && Number.isSafeInteger(label) && label >= 0 && label < outputs;
  }
  if (!Array.isArray(label) || label.length !== outputs) return false;
  if (kind === "multi") return label.every((value) => value === 0 || value === 1);
  if (kind === "number") return label.every(Number.isFinite);
  const sum = label.reduce((total, value) => (value >= 0 ? total + value : Number.NaN), 0);
  return Math.abs(sum - 1) <= SUM_TOLERANCE;
}
