/** Lists of names in messages. */

/** Names shown. */
const SHOWN = 8;

/**
 * At most eight names, and how many more there are.
 *
 * @example
 * listNames(["cat", "dog"]); // => "cat, dog"
 */
export function listNames(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return rest > 0 ? `${names.slice(0, SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}
