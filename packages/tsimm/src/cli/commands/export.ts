/** `tsimm export`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { printable } from "../../text/printable.ts";
import { UsageError } from "../../usage-error.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { type ExportOptions, exportFlags } from "../flags/export-flags.ts";

/** The command that writes ONNX files, and checkpoints for timm. */
export function exportCommand(): Command {
  const rows: FlagTable = Object.entries(exportFlags);
  const command = new Command("export")
    .description(commandHeads.export.description)
    .argument("[run]", "folder of a run, or a file of its weights: the same as --checkpoint");
  addFlagOptions(command, rows);
  return command.action(async (run: string | undefined) => {
    const given: ExportOptions = givenFlags(command, rows);
    checkValues("export", rows, { ...given });
    const options = withRun(given, run);
    if (options.format === "timm") await (await import("../export-run.ts")).exportRun(options);
    else await (await import("../export-model.ts")).exportModel(options);
  });
}

/** The argument stands for the flag. */
function withRun(given: ExportOptions, run: string | undefined): ExportOptions {
  if (run === undefined) return given;
  if (given.checkpoint === undefined) return { ...given, checkpoint: run };
  throw new UsageError(
    `export: the run must be given once, got "${printable(run)}" and --checkpoint "${printable(given.checkpoint)}"`,
  );
}
