/** Turns the table of training arguments into command-line options, and parsed options back into arguments. */
import type { Command } from "commander";
import { type ArgumentName, type Flag, type TrainArguments, trainFlagRows } from "../recipe/arguments.ts";
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
