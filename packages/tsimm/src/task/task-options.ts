/** Options of a task: names, defaults and ranges. */

import { checkOption, type OptionCheck, type OptionChecks } from "../optim/option-checks.ts";
import { checkIsObject } from "../option-names.ts";
import { suggestion } from "../text/suggestion.ts";

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
  { defaults, checks }: { readonly defaults: O; readonly checks: OptionChecks<O> },
  given: Partial<O>,
): O {
  checkIsObject(where, given);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const known: Readonly<Record<string, OptionCheck>> = checks;
  for (const [name, value] of Object.entries(set)) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined;
    if (check === undefined) {
      const names = Object.keys(known);
      throw new RangeError(
        `${where}: option must be one of ${names.join(", ")}, got "${name}"${suggestion(name, names)}`,
      );
    }
    checkOption(where, name, value, check);
  }
  return { ...defaults, ...set };
}
