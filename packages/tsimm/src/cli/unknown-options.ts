/** Several options that a command does not have, named at once; commander names the first alone. */
import type { Command } from "commander";
import { printable } from "../text/printable.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";

/** Options that an error lists; the others are counted. */
const MOST_SHOWN = 20;

/**
 * Refuses two or more unknown long options.
 *
 * @param words - Words of the command line without prefixes of flags.
 * @throws UsageError that names them, each with the nearest one that there is.
 */
export function refuseUnknownOptions(words: readonly string[], command: Command): void {
  const options = new Map(command.options.flatMap((option) => [[option.long ?? "", option] as const]));
  const visible = command.options.flatMap(({ long, hidden }) => (hidden || long === undefined ? [] : [long]));
  const unknown: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") break;
    const [name = "", value] = word.split("=", 2);
    const option = options.get(name) ?? command.options.find(({ short }) => short === word);
    // A value may begin with dashes, too.
    if (option?.required && value === undefined) index++;
    else if (option === undefined && /^--[a-z]/i.test(word) && name !== "--help") unknown.push(name);
  }
  if (unknown.length < 2) return;
  const shown = unknown.slice(0, MOST_SHOWN).map((name) => printable(name) + nearest(name, visible));
  const rest = unknown.length - shown.length;
  const more = rest > 0 ? [`and ${rest} more`] : [];
  throw new UsageError([`${command.name()}: unknown options:`, ...shown, ...more].join("\n  "));
}

/** The nearest flag as advice; edits are counted between names without dashes. */
function nearest(name: string, flags: readonly string[]): string {
  const names = new Map(flags.map((flag) => [joined(flag), flag]));
  return suggestion(joined(name), [...names.keys()]).replace(
    /"(.*)"/,
    (_, word: string) => `${names.get(word)}`,
  );
}

/** `--batch-size` as `batchSize`. */
function joined(flag: string): string {
  return flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
