/** Spellings of flags. */

// timm's spellings that commander cannot declare.
const ALIASES: Readonly<Record<string, string>> = {
  "-vb": "--validation-batch-size",
  "--dr": "--decay-rate",
};

/**
 * Rewrites what timm's users type into what is declared: aliases, and unambiguous prefixes of long flags.
 *
 * @param words - Command-line words.
 * @param flags - Declared long flags.
 * @example
 * expandFlags(["--warmup-ep", "5"], ["--warmup-epochs", "--warmup-lr"]); // => ["--warmup-epochs", "5"]
 */
export function expandFlags(words: readonly string[], flags: readonly string[]): string[] {
  const end = words.indexOf("--");
  return words.map((word, index) => {
    if (!word.startsWith("-") || (end >= 0 && index >= end)) return word;
    const [name = "", ...value] = word.split("=");
    const long = ALIASES[name] ?? name;
    const matches = flags.filter((flag) => flag.startsWith(long));
    const [only] = matches;
    const full = !flags.includes(long) && long.startsWith("--") && matches.length === 1 ? only : long;
    return [full ?? long, ...value].join("=");
  });
}
