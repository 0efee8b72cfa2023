/** The command line: `tsimm <command>`. */
import { Command, CommanderError } from "commander";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { version } from "../version.ts";
import { commandHeads, isCommandName } from "./command-heads.ts";
import { loadCommand, overviewOf } from "./commands/load-command.ts";
import { expandFlags } from "./expand-flags.ts";
import { refuseUnknownOptions } from "./unknown-options.ts";

// Taken out of the words before they are parsed, so that it may stand anywhere.
const DEBUG = "--debug";

const program = new Command("tsimm")
  .description("Train image classifiers with timm's recipe, at native speed, without Python.")
  .version(version)
  .option(DEBUG, "show the stack of an error")
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`tsimm: ${escapeLines(text.replace(/^error: /, ""))}`),
  });
// `tsimm help train` shows the command, too.
const called = process.argv.slice(2).filter((word) => !word.startsWith("-") && word !== "help")[0];
for (const name of Object.keys(commandHeads).filter(isCommandName)) {
  const command = name === called ? await loadCommand(name) : overviewOf(name);
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader that has seen enough, such as `| head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  throw error;
});
// Messages that nobody reads any more are lost; what runs ends as it should.
process.stderr.on("error", () => {});

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(await expandWords(words.filter((word) => word !== DEBUG)), { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { message, stack } = error as Error;
    const text = escapeLines(words.includes(DEBUG) ? (stack ?? message) : message);
    process.stderr.write(text.startsWith("tsimm: ") ? `${text}\n` : `tsimm: ${text}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Line breaks are kept: some errors list their causes. */
function escapeLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}

async function expandWords(words: readonly string[]): Promise<string[]> {
  const command = program.commands.find((candidate) => candidate.name() === words[0]);
  const options = [...program.options, ...(command?.options ?? [])];
  const flags = (hidden: boolean) =>
    options.flatMap((option) => (option.hidden === hidden && option.long !== undefined ? [option.long] : []));
  const spelled = expandFlags(words, flags(false), flags(true));
  const expanded = command?.name() === "train" ? await withFixedLists(spelled) : spelled;
  if (command !== undefined) refuseUnknownOptions(expanded.slice(1), command);
  return expanded;
}

// The table of arguments is loaded for the command that has it alone.
async function withFixedLists([name = "", ...words]: readonly string[]): Promise<string[]> {
  const { endFixedLists } = await import("./train-options.ts");
  return [name, ...endFixedLists(words)];
}
