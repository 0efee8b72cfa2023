/** Turns the table of training arguments into command-line options, and parsed options back into arguments. */
import type { Command } from "commander";
import {
  type ArgumentName,
  type Flag,
  separated,
  type TrainArguments,
  trainFlagRows,
} from "../recipe/arguments.ts";
import { UsageError } from "../usage-error.ts";
import { addFlagOptions, givenFlags } from "./flag-options.ts";

/** Rows of the table of arguments. */
type FlagRows = readonly (readonly [ArgumentName, Flag])[];

/** Adds one option per row of the table, under the table's headings. */
export function addTrainOptions(command: Command, rows: FlagRows = trainFlagRows()): void {
  addFlagOptions(command, rows);
}

/** What the user gave explicitly. */
export function givenArguments(
  command: Command,
  dataDir: string | undefined,
  rows: FlagRows = trainFlagRows(),
): Partial<TrainArguments> {
  const given: Record<string, unknown> = givenFlags(command, rows);
  const positional = dataDir === undefined ? {} : { dataDir };
  if (dataDir !== undefined && given["dataDir"] !== undefined && given["dataDir"] !== dataDir) {
    throw new UsageError(
      `${command.name()}: --data-dir must be given once, got ${JSON.stringify(dataDir)} and --data-dir ${JSON.stringify(given["dataDir"])}; leave one out`,
    );
  }
  return { ...given, ...positional };
}

/**
 * Puts a word behind a list of a fixed length in front of it, as in `--input-size 3 224 224 photos`: it is the folder, and
 * commander would take it for one more value.
 *
 * @param words - Words of the command line without prefixes of flags.
 */
export function endFixedLists(words: readonly string[], rows: FlagRows = trainFlagRows()): string[] {
  const counts = new Map<string, number>(
    rows.flatMap(([name, { count }]) =>
      count !== undefined && count[0] === count[1] ? [[`--${separated(name, "-")}`, count[0]] as const] : [],
    ),
  );
  const result: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") return [...result, ...words.slice(index)];
    const values = words.slice(index + 1, index + 1 + (counts.get(word) ?? 0));
    const [next, after] = words.slice(index + 1 + values.length);
    const isWhole = values.length > 0 && values.length === counts.get(word) && values.every(isNumber);
    const isFolder = next !== undefined && !isNumber(next) && !next.startsWith("-");
    if (isWhole && isFolder && (after === undefined || after.startsWith("-"))) {
      result.push(next, word, ...values);
      index += values.length + 1;
    } else result.push(word);
  }
  return result;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
