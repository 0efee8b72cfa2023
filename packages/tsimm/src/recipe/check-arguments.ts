/** Checks values against the table of arguments, wherever they come from. */

import { printable } from "../text/printable.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import { type Flag, findFlag, separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { problemsError } from "./list-problems.ts";

/**
 * Checks that every given argument is known, and its kind, range and choice. null and undefined count as not given.
 *
 * @param given - Arguments.
 * @param command - Whose flags they are, for messages.
 * @throws UsageError that names every wrong flag with its value and what is allowed.
 */
export function checkArguments(given: Partial<TrainArguments>, command = "train"): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new UsageError(`${command}: arguments must be an object, got ${JSON.stringify(given)}`);
  }
  const known = trainFlagRows().map(([name]) => name);
  const unknown = Object.keys(given)
    .filter((name) => findFlag(name) === undefined)
    .map((name) => `unknown option "${printable(name)}"${suggestion(name, known)}`);
  const problems = [...unknown, ...valueProblems(trainFlagRows(), given)];
  if (problems.length > 0) throw problemsError(command, problems);
}

/**
 * Checks kind, range and choice of the values of a table of flags; null and undefined count as not given.
 *
 * @param command - Whose flags they are, for messages.
 * @param rows - The table.
 * @param given - Values by name.
 * @throws UsageError that names each flag, its value and what is allowed.
 */
export function checkValues(
  command: string,
  rows: readonly (readonly [string, Flag])[],
  given: Readonly<Record<string, unknown>>,
): void {
  const problems = valueProblems(rows, given);
  if (problems.length > 0) throw problemsError(command, problems);
}

/**
 * Problems of the values of arguments.
 *
 * @param rows - The table of their flags.
 * @returns A phrase for each, `--lr must be a number >= 0, got -1`, in the order of the table.
 */
export function valueProblems(
  rows: readonly (readonly [string, Flag])[],
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  return rows.flatMap(([name, flag]) => {
    const value = given[name];
    if (value === undefined || value === null || allows(flag, value)) return [];
    return [`--${separated(name, "-")} must be ${allowedValues(flag)}, got ${showValue(value)}`];
  });
}

/** The values that a flag allows, e.g. `a number >= 0`. */
export function allowedValues(flag: Flag): string {
  if (flag.choices) return `one of ${flag.choices.filter((choice) => choice !== "").join(", ")}`;
  const whole = flag.type === "int" || flag.type === "ints";
  const noun = whole ? "integer" : "number";
  const bounds = [
    flag.above === undefined ? null : `> ${flag.above}`,
    flag.min === undefined ? null : `>= ${flag.min}`,
    flag.max === undefined ? null : `<= ${flag.max}`,
    flag.below === undefined ? null : `< ${flag.below}`,
  ].filter((bound) => bound !== null);
  const order = flag.ascending ? ", the smaller first" : "";
  const range = bounds.length > 0 ? ` ${bounds.join(" and ")}` : "";
  switch (flag.type) {
    case "flag":
      return "true or false";
    case "string":
      return "text";
    case "int":
    case "float":
      return `${whole ? "an" : "a"} ${noun}${range}`;
    case "strings":
      return `${countOf(flag)} texts`;
    case "map":
      return "values by name, key=value";
    default:
      return `${countOf(flag)} ${noun}s${range}${order}`;
  }
}

function countOf(flag: Flag): string {
  const [least, most] = flag.count ?? [1, Number.POSITIVE_INFINITY];
  if (least === most) return String(least);
  return most >= 1000 ? `${least} or more` : `${least} to ${most}`;
}

function allows(flag: Flag, value: unknown): boolean {
  switch (flag.type) {
    case "flag":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string" && (flag.choices?.includes(value) ?? true);
    case "int":
    case "float":
      return inRange(flag, value);
    case "map":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "strings":
      return isCounted(flag, value) && value.every((one) => typeof one === "string" && one !== "");
    default:
      return (
        isCounted(flag, value) &&
        value.every((one, i) => inRange(flag, one) && !(flag.ascending && Number(value[i - 1]) > Number(one)))
      );
  }
}

/** Whether a value is a list of as many as a flag takes. */
function isCounted({ count }: Flag, value: unknown): value is readonly unknown[] {
  const [least, most] = count ?? [1, Number.POSITIVE_INFINITY];
  return Array.isArray(value) && value.length >= least && value.length <= most;
}

function inRange(flag: Flag, value: unknown): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if ((flag.type === "int" || flag.type === "ints") && !Number.isSafeInteger(value)) return false;
  if (flag.above !== undefined && !(value > flag.above)) return false;
  if (flag.below !== undefined && !(value < flag.below)) return false;
  return value >= (flag.min ?? Number.NEGATIVE_INFINITY) && value <= (flag.max ?? Number.POSITIVE_INFINITY);
}

/** A value as it is typed: `0.9 0.999` for a list. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value))
    return value.map((one) => (typeof one === "string" ? one : showValue(one))).join(" ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
