/** Options of a task: names, defaults and ranges. */
import { completeOptions, type OptionCheck, type OptionChecks } from "../optim/option-checks.ts";
import { checkIsObject } from "../option-names.ts";

/** A number from 0 to 1, both allowed. */
export const share: OptionCheck = {
  text: "a number in [0, 1]",
  test: (value) => typeof value === "number" && value >= 0 && value <= 1,
};

/**
 * Completes the options of a task with their defaults.
 *
 * @param where - Task named in errors.
 * @param rules - Every option: its default, and what its values must be.
 * @param given - Those that were set; an undefined one counts as absent.
 * @throws TypeError if the options are no object; RangeError for an unknown option, or a value out of its range.
 */
export function completeTaskOptions<O extends object>(
  where: string,
  rules: { readonly defaults: O; readonly checks: OptionChecks<O> },
  given: Partial<O>,
): O {
  checkIsObject(where, given);
  return completeOptions(where, rules, given);
}
