/** Checks of options of optimizers and tasks: kinds and ranges of values, and that only known options are set. */
import { suggestion } from "../text/suggestion.ts";

/** Allowed values of an option. */
export interface OptionCheck {
  /** For messages. */
  readonly text: string;
  /** Whether a value is allowed. */
  readonly test: (value: unknown) => boolean;
}

/** One check for each option. */
export type OptionChecks<O> = { readonly [K in keyof O]-?: OptionCheck };

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isFraction = (value: unknown) => isNumber(value) && value >= 0 && value < 1;

export const nonNegative: OptionCheck = {
  text: "a number >= 0",
  test: (value) => isNumber(value) && value >= 0,
};
export const positive: OptionCheck = { text: "a number > 0", test: (value) => isNumber(value) && value > 0 };
export const negative: OptionCheck = { text: "a number < 0", test: (value) => isNumber(value) && value < 0 };
export const fraction: OptionCheck = { text: "a number in [0, 1)", test: isFraction };
export const boolean: OptionCheck = { text: "true or false", test: (value) => typeof value === "boolean" };
export const twoFractions: OptionCheck = {
  text: "two numbers in [0, 1)",
  test: (value) => Array.isArray(value) && value.length === 2 && value.every(isFraction),
};
export const threeFractions: OptionCheck = {
  text: "three numbers in [0, 1)",
  test: (value) => Array.isArray(value) && value.length === 3 && value.every(isFraction),
};

/** A whole number from a smallest to a largest one. */
export function integerFrom(smallest: number, largest: number): OptionCheck {
  return {
    text: `an integer from ${smallest} to ${largest}`,
    test: (value) => isNumber(value) && Number.isInteger(value) && value >= smallest && value <= largest,
  };
}

/** One of some texts. */
export function oneOf(...choices: readonly string[]): OptionCheck {
  const named = choices.map((choice) => JSON.stringify(choice));
  return {
    text: `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`,
    test: (value) => typeof value === "string" && choices.includes(value),
  };
}

/** The same check, null allowed. */
export function orNull({ text, test }: OptionCheck): OptionCheck {
  return { text: `${text} or null`, test: (value) => value === null || test(value) };
}

/** Checks for the options of an optimizer of one's own. */
export interface OptionChecksByName {
  /** true or false. */
  readonly boolean: OptionCheck;
  /** A number in [0, 1). */
  readonly fraction: OptionCheck;
  /** A number < 0. */
  readonly negative: OptionCheck;
  /** A number >= 0. */
  readonly nonNegative: OptionCheck;
  /** A number > 0. */
  readonly positive: OptionCheck;
  /** Two numbers in [0, 1). */
  readonly twoFractions: OptionCheck;
  /** Three numbers in [0, 1). */
  readonly threeFractions: OptionCheck;
  /** The same check, null allowed. */
  orNull(check: OptionCheck): OptionCheck;
}

/**
 * Checks for the options of an optimizer of one's own.
 *
 * @example
 * optionChecks.fraction.text; // => "a number in [0, 1)"
 * optionChecks.orNull(optionChecks.positive).test(null); // => true
 */
export const optionChecks: OptionChecksByName = {
  boolean,
  fraction,
  negative,
  nonNegative,
  positive,
  twoFractions,
  threeFractions,
  orNull,
};

/**
 * Completes options with the defaults of an optimizer or a task.
 *
 * @param where - Function named in errors.
 * @param rule - All options with their defaults, and the checks of their values.
 * @param given - Those that were set; an undefined one counts as absent.
 * @throws RangeError for an unknown option, or a value out of its range.
 */
export function completeOptions<O extends object>(
  where: string,
  { defaults, checks }: { readonly defaults: O; readonly checks: OptionChecks<O> },
  given: object,
): O {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const names = Object.keys(defaults);
  for (const [name, value] of Object.entries(set)) {
    if (!names.includes(name)) {
      throw new RangeError(
        `${where}: option must be one of ${names.join(", ")}, got "${name}"${suggestion(name, names)}`,
      );
    }
    checkOption(where, name, value, checks[name as keyof O]);
  }
  return { ...defaults, ...set };
}

/**
 * Checks the value of one option.
 *
 * @throws RangeError if it is not allowed.
 */
export function checkOption(where: string, name: string, value: unknown, { text, test }: OptionCheck): void {
  if (!test(value)) throw new RangeError(`${where}: ${name} must be ${text}, got ${show(value)}`);
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
