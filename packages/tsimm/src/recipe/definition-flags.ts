/** Flags that definitions bring: schedules, optimizers and tasks with settings of their own. */
import type { DefinitionFlag } from "../registry.ts";
import { type Flag, isSameFlag } from "./arguments.ts";

/** A definition, as far as its flags go. */
export interface FlaggedDefinition {
  /** null: it is found by no name, and brings no flags. */
  readonly name: string | null;
  /** By the camelCase name of the argument. */
  readonly flags?: Readonly<Record<string, DefinitionFlag | undefined>>;
}

/**
 * Rows of the table of arguments for the flags of definitions. Definitions may share a flag that is the same in all
 * of them but for its help, which is then the first one's.
 *
 * @param group - Heading that they stand under in `--help`.
 * @param definitions - Those that bring flags, and others.
 * @returns Names with rows, in the order of the definitions.
 * @throws RangeError for a name that is no argument's, or a flag that two definitions describe in two ways.
 * @example
 * const pctStart = { type: "float", default: 0.3, above: 0, below: 1, help: "share of the rise" } as const;
 * const [[name, row]] = definitionFlagRows("Schedule", [{ name: "onecycle", flags: { pctStart } }]);
 * [name, row.help]; // => ["pctStart", "share of the rise (onecycle)"]
 */
export function definitionFlagRows(
  group: string,
  definitions: Iterable<FlaggedDefinition>,
): readonly (readonly [string, Flag])[] {
  const found = new Map<string, { readonly flag: DefinitionFlag; readonly of: readonly string[] }>();
  for (const { name, flags = {} } of definitions) {
    if (name === null) continue;
    for (const [key, flag] of Object.entries(flags)) {
      if (flag === undefined) continue;
      if (!/^[a-z][a-zA-Z\d]*$/.test(key)) {
        throw new RangeError(
          `definitionFlagRows: flags of ${name} must have names in camelCase, got "${key}"`,
        );
      }
      const first = found.get(key);
      if (first !== undefined && !isSameFlag(first.flag, flag)) {
        throw new RangeError(
          `definitionFlagRows: ${key} must be the same flag in ${first.of[0]} and ${name}, got two; rename one of them`,
        );
      }
      found.set(key, { flag: first?.flag ?? flag, of: [...(first?.of ?? []), name] });
    }
  }
  return [...found].map(([key, { flag, of }]) => {
    return [key, { ...rowOf(flag), group, help: `${flag.help} (${of.join(", ")})`, savedIfSet: true }];
  });
}

/** Fields of a flag that a row has; the flag of a schedule has `inEpochs` too. */
function rowOf(flag: DefinitionFlag): Omit<DefinitionFlag, "help"> {
  const { help: _, type, default: fallback, choices, min, max, above, below, count, ascending } = flag;
  const range = Object.entries({ choices, min, max, above, below, count, ascending });
  return { type, default: fallback, ...Object.fromEntries(range.filter(([, value]) => value !== undefined)) };
}
