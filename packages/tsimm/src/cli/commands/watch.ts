/** `tsimm watch`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { watchFlags } from "../flags/watch-flags.ts";

/** The command that shows a run while it trains. */
export function watchCommand(): Command {
  const rows: FlagTable = Object.entries(watchFlags);
  const command = new Command("watch")
    .description(commandHeads.watch.description)
    .argument(
      "<run>",
      "folder of a run of tsimm or timm, or a folder of runs: the newest; it need not exist yet",
    );
  addFlagOptions(command, rows);
  return command.action(async (folder: string) => {
    const given = givenFlags(command, rows);
    checkValues("watch", rows, given);
    const { watchRun } = await import("../watch-run.ts");
    await watchRun(folder, given);
  });
}
