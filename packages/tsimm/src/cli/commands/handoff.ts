/** `tsimm handoff`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { handoffFlags } from "../flags/handoff-flags.ts";

/** The command that hands a run over to timm. */
export function handoffCommand(): Command {
  const rows: FlagTable = Object.entries(handoffFlags);
  const command = new Command("handoff")
    .description(commandHeads.handoff.description)
    .argument("<run>", "folder of a run");
  addFlagOptions(command, rows);
  return command.action(async (folder: string) => {
    const given = givenFlags(command, rows);
    checkValues("handoff", rows, given);
    const { showHandoff } = await import("../show-handoff.ts");
    await showHandoff(folder, given);
  });
}
