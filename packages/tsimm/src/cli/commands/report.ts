/** `tsimm report`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { reportFlags } from "../flags/report-flags.ts";

/** The command that writes the report of a run. */
export function reportCommand(): Command {
  const rows: FlagTable = Object.entries(reportFlags);
  const command = new Command("report")
    .description(commandHeads.report.description)
    .argument("<run>", "folder of a run of tsimm or timm, or a folder of runs: the newest");
  addFlagOptions(command, rows);
  return command.action(async (folder: string) => {
    const given = givenFlags(command, rows);
    checkValues("report", rows, given);
    const { showReport } = await import("../show-report.ts");
    await showReport(folder, given);
  });
}
