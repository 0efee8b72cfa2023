/** Weights by the names of classes or outputs. */
import type { OptionCheck } from "../optim/option-checks.ts";
import { listNames } from "../text/list-names.ts";
import { suggestion } from "../text/suggestion.ts";

/** One weight by the name of each class or output; those without one have 1. */
export type NamedWeights = Readonly<Record<string, number>> | ReadonlyMap<string, number>;

/** Weights as an option: `balanced`, or by name. */
export const namedWeights: OptionCheck = {
  text: '"balanced", or numbers > 0 by name, or null',
  test: (value) => value === "balanced" || value === null || isRecord(value),
};

/** Whether a value is no list, so that its entries have names. */
export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Weights in the order of the outputs.
 *
 * @param where - Task and option named in errors: `classification: classWeights`.
 * @param weights - By name.
 * @param names - Names of the classes or outputs.
 * @throws RangeError for a name that does not exist, or a weight that is no number > 0.
 */
export function weightsByName(where: string, weights: NamedWeights, names: readonly string[]): number[] {
  const given = new Map<string, unknown>(weights instanceof Map ? weights : Object.entries(weights));
  for (const [name, weight] of given) {
    if (!names.includes(name)) {
      throw new RangeError(
        `${where} must be by names of ${listNames(names)}, got "${name}"${suggestion(name, names)}`,
      );
    }
    if (!isWeight(weight)) {
      throw new RangeError(`${where} must be finite numbers > 0, got ${String(weight)} for "${name}"`);
    }
  }
  return names.map((name) => {
    const weight = given.get(name);
    return isWeight(weight) ? weight : 1;
  });
}

function isWeight(weight: unknown): weight is number {
  return typeof weight === "number" && weight > 0 && Number.isFinite(weight);
}
