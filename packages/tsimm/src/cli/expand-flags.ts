/** Spellings of flags. */

// timm's spellings that commander cannot declare.
const ALIASES: Readonly<Record<string, string>> = {
  "-vb": "--validation-batch-size",
  "--dr": "--decay-rate",
  "--local_rank": "--local-rank",
  "--train-steps-per-epoch": "--train-batches-per-epoch",
};

/**
 * Rewrites what timm's users type into what is declared: aliases, and unambiguous prefixes of long flags.
 *
 * @param words - Command-line words.
 * @param flags - Declared long flags.
 * @param besides - More of them, without a say in what is unambiguous among `flags`.
 * @example
 * expandFlags(["--warmup-ep", "5"], ["--warmup-epochs", "--warmup-lr"]); // => ["--warmup-epochs", "5"]
 */
export function expandFlags(
  words: readonly string[],
  flags: readonly string[],
  besides: readonly string[] = [],
): string[] {
  const end = words.indexOf("--");
  return words.map((word, index) => {
    if (!word.startsWith("-") || (end >= 0 && index >= end)) return word;
    const [name = "", ...value] = word.split("=");
    const long = ALIASES[name] ?? name;
    const isFull = flags.includes(long) || besides.includes(long) || !long.startsWith("--");
    const [first = [], second = []] = [flags, besides].map((all) =>
      all.filter((one) => one.startsWith(long)),
    );
    const matches = first.length > 0 ? first : second;
    const full = !isFull && matches.length === 1 ? matches[0] : long;
    // commander takes the equals sign of -b=64 as a part of the value.
    const isShort = /^-[a-z]$/i.test(name) && value.length > 0;
    return isShort ? name + value.join("=") : [full ?? long, ...value].join("=");
  });
}
