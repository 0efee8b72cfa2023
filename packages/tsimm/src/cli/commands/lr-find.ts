/** `tsimm lr-find`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { lrFindFlags } from "../flags/lr-find-flags.ts";
import { addTrainOptions, givenArguments } from "../train-options.ts";

/** The command that looks for a learning rate. */
export function lrFindCommand(): Command {
  const rows: FlagTable = Object.entries(lrFindFlags);
  const command = new Command("lr-find")
    .description(commandHeads["lr-find"].description)
    .argument("[data-dir]", "images, as tsimm train takes them; absent: the built-in ones");
  addFlagOptions(command, rows);
  addTrainOptions(command);
  return command.action(async (dataDir: string | undefined) => {
    const given = givenFlags(command, rows);
    checkValues("lr-find", rows, given);
    const { showRate } = await import("../show-rate.ts");
    await showRate(givenArguments(command, dataDir), given);
  });
}
