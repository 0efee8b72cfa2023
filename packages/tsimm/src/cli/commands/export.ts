/** `tsimm export`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { exportFlags } from "../flags/export-flags.ts";

/** The command that writes ONNX files. */
export function exportCommand(): Command {
  const rows: FlagTable = Object.entries(exportFlags);
  const command = new Command("export").description(commandHeads.export.description);
  addFlagOptions(command, rows);
  return command.action(async () => {
    const given = givenFlags(command, rows);
    checkValues("export", rows, given);
    const { exportModel } = await import("../export-model.ts");
    await exportModel(given);
  });
}
