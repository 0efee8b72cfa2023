import { refusal } from "./errors.ts";
import { didYouMean } from "./nearest-name.ts";

/**
 * Reads one option: returns its value or its default, throws where it may not stand.
 *
 * @param value - What was given; undefined where nothing was.
 * @param where - Class or function, for the message.
 * @param option - Name of the option, for the message.
 */
export type Check<T> = (value: unknown, where: string, option: string) => T;

/** One check for each option. */
export type Checks<T> = { readonly [K in keyof T]-?: Check<T[K]> };

/**
 * Reads all options of a class or function.
 *
 * @param where - Class or function, for messages.
 * @param checks - What may be given.
 * @param options - What was given.
 * @param renamed - Old names, each with the new one.
 * @param given - Names under which the caller gave the options, where they are others.
 * @returns Every option of `checks`, defaults filled in.
 * @throws RangeError for an unknown name, with the nearest known one.
 */
export function readOptions<T extends object>(
  where: string,
  checks: Checks<T>,
  options: object,
  renamed: Readonly<Record<string, string>> = {},
  given: Readonly<Record<string, string>> = {},
): T {
  refuseUnknown(where, options, Object.keys(checks), renamed);
  return readKnown(where, checks, options, given);
}

/**
 * Refuses what is no object, and names that are not known.
 *
 * @param where - Class or function, for messages.
 * @param options - What was given.
 * @param names - What may be given.
 * @param renamed - Old names, each with the new one.
 */
export function refuseUnknown(
  where: string,
  options: object,
  names: readonly string[],
  renamed: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(refusal(where, "options", "an object", options));
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const sorted = [...names].sort();
    const advice = Object.hasOwn(renamed, name)
      ? `it is called "${renamed[name]}" here`
      : didYouMean(name, sorted);
    throw new RangeError(refusal(where, "option", `one of ${sorted.join(", ")}`, name, advice));
  }
}

/**
 * Reads the options of `checks` and leaves others alone.
 *
 * @param where - Class or function, for messages.
 * @param checks - What to read.
 * @param options - What was given.
 * @param given - Names under which the caller gave the options, where they are others.
 * @returns Every option of `checks`, defaults filled in.
 */
export function readKnown<T extends object>(
  where: string,
  checks: Checks<T>,
  options: object,
  given: Readonly<Record<string, string>> = {},
): T {
  const values = new Map<string, unknown>(Object.entries(options));
  const named = Object.entries<Check<unknown>>(checks);
  const read = named.map(
    ([name, check]) => [name, check(values.get(name), where, given[name] ?? name)] as const,
  );
  // T has the keys of checks, and each check returns the type of its key.
  return Object.fromEntries(read) as T;
}

/** Numbers that an option takes. */
export interface NumberRange {
  /** Value where none is given; without it the option is required. */
  readonly fallback?: number;
  /** Must be greater than this. */
  readonly above?: number;
  /** Must be this or greater. */
  readonly atLeast?: number;
  /** Must be less than this. */
  readonly below?: number;
  /** Whole numbers only. */
  readonly integer?: boolean;
  /** Advice for a refused value. */
  readonly advice?: string;
}

/**
 * A finite number within a range.
 *
 * @returns A check that throws TypeError for another kind of value, RangeError outside the range.
 * @example
 * const decayT = number({ above: 0 });
 * decayT(30, "myLr", "decayT"); // => 30
 * const power = number({ fallback: 1, atLeast: 0 });
 * power(undefined, "myLr", "power"); // => 1
 */
export function number(range: NumberRange): Check<number> {
  return (value, where, option) => {
    if (value === undefined && range.fallback !== undefined) return range.fallback;
    if (typeof value !== "number") {
      throw new TypeError(refusal(where, option, describe(range), value, range.advice));
    }
    if (!isWithin(value, range)) {
      throw new RangeError(refusal(where, option, describe(range), value, range.advice));
    }
    return value;
  };
}

/**
 * true or false.
 *
 * @example
 * const warmupPrefix = boolean(false);
 * warmupPrefix(undefined, "myLr", "warmupPrefix"); // => false
 * warmupPrefix(true, "myLr", "warmupPrefix"); // => true
 */
export function boolean(fallback: boolean): Check<boolean> {
  return (value, where, option) => {
    if (value === undefined) return fallback;
    if (typeof value !== "boolean") throw new TypeError(refusal(where, option, "true or false", value));
    return value;
  };
}

/**
 * One of some words.
 *
 * @example
 * const noiseType = choice(["normal", "uniform"], "normal");
 * noiseType(undefined, "myLr", "noiseType"); // => "normal"
 * noiseType("uniform", "myLr", "noiseType"); // => "uniform"
 */
export function choice<T extends string>(words: readonly T[], fallback: T): Check<T> {
  return (value, where, option) => {
    if (value === undefined) return fallback;
    const chosen = words.find((word) => word === value);
    if (chosen !== undefined) return chosen;
    const message = refusal(where, option, words.map((word) => `"${word}"`).join(" or "), value);
    throw typeof value === "string" ? new RangeError(message) : new TypeError(message);
  };
}

function isWithin(value: number, range: NumberRange): boolean {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, integer } = range;
  const isOfKind = integer ? Number.isInteger(value) : Number.isFinite(value);
  return isOfKind && value > above && value >= atLeast && value < below;
}

function describe({ above, atLeast, below, integer }: NumberRange): string {
  const bounds = Object.entries({ ">": above, ">=": atLeast, "<": below })
    .filter(([, bound]) => bound !== undefined)
    .map((bound) => bound.join(" "));
  return `${integer ? "an integer" : "a finite number"} ${bounds.join(" and ")}`.trimEnd();
}
