/** Sections of a policy's text: `rand-m9-mstd0.5` has m = 9 and mstd = 0.5. */

/** A kind of section. */
export interface SectionKind {
  /** `integer` and `number` are >= 0; `switch`: any integer, on; `word`: one of `words`. */
  readonly type: "integer" | "number" | "switch" | "word";
  readonly min?: number;
  /** Excluded bound. */
  readonly above?: number;
  readonly max?: number;
  readonly words?: readonly string[];
  /** A section as it may be written. */
  readonly example: string;
}

/** Values by key; a `word` is text, a `switch` is 1. */
export type Sections<Key extends string> = Partial<Readonly<Record<Key, number>>> & { readonly t?: string };

/**
 * Reads the sections after the first.
 *
 * @param text - The whole policy.
 * @param kinds - Sections that it may have, by key.
 * @param refuse - Makes the error from what is wrong with a section.
 * @throws what `refuse` makes.
 */
export function readSections<Key extends string>(
  text: string,
  kinds: Readonly<Record<Key, SectionKind>>,
  refuse: (reason: string) => Error,
): Sections<Key> {
  const found: Record<string, number | string> = {};
  const byKey: Readonly<Record<string, SectionKind>> = kinds;
  for (const section of text.split("-").slice(1)) {
    const isWord = byKey["t"] !== undefined && section.startsWith("t");
    const key = isWord ? "t" : (/^\D*/.exec(section)?.[0] ?? "");
    const kind = Object.hasOwn(byKey, key) ? byKey[key] : undefined;
    if (kind === undefined) {
      const known = Object.entries(byKey).map(([name, { example }]) => `${name} (${example})`);
      throw refuse(`section "${section}" is none of ${known.join(", ")}`);
    }
    if (Object.hasOwn(found, key)) throw refuse(`section "${section}" is the second of ${key}`);
    found[key] = readValue(section, key, kind, refuse);
  }
  return found as Sections<Key>;
}

function readValue(
  section: string,
  key: string,
  { type, min = 0, above = -1, max = Number.POSITIVE_INFINITY, words = [], example }: SectionKind,
  refuse: (reason: string) => Error,
): number | string {
  const value = section.slice(key.length);
  if (type === "word") {
    if (words.includes(value)) return value;
    throw refuse(`section "${section}" must be one of ${words.map((word) => `${key}${word}`).join(", ")}`);
  }
  const isNumber = (type === "number" ? /^\d+(\.\d*)?(e\d+)?$/ : /^\d+$/).test(value);
  const number = Number(value);
  const isAllowed =
    isNumber &&
    Number.isFinite(number) &&
    (type === "switch" || (number >= min && number > above && number <= max));
  if (isAllowed) return type === "switch" ? 1 : number;
  const noun = type === "number" ? "a number" : "an integer";
  const range = type === "switch" ? "" : ` ${above >= 0 ? `> ${above}` : rangeOf(min, max)}`;
  throw refuse(`section "${section}" must be ${key} with ${noun}${range}, e.g. ${example}`);
}

function rangeOf(min: number, max: number): string {
  return max === Number.POSITIVE_INFINITY ? `>= ${min}` : `from ${min} to ${max}`;
}
