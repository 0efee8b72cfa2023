/** Answers of a model in the order of their probability. */
import type { Answer } from "./task.ts";

/**
 * The most probable answers, best first; of equal ones the first output comes first.
 *
 * @param names - Names of the outputs.
 * @param probabilities - One for each.
 * @param most - Answers at most.
 */
export function rankedAnswers(names: readonly string[], probabilities: Float64Array, most: number): Answer[] {
  return names
    .map((label, index) => ({ label, value: probabilities[index] ?? Number.NaN }))
    .sort((a, b) => b.value - a.value)
    .slice(0, most);
}
