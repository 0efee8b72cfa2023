/** `tsimm validate`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { UsageError } from "../../usage-error.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { validateFlags } from "../flags/validate-flags.ts";

/** The command that measures trained models. */
export function validateCommand(): Command {
  const rows: FlagTable = Object.entries(validateFlags);
  const command = new Command("validate")
    .description(commandHeads.validate.description)
    .argument(
      "[data-dir]",
      "folder with val/<class>/*.png, a .tar of one, or a .csv; absent: the images of the run",
    );
  addFlagOptions(command, rows);
  return command.action(async (dataDir: string | undefined) => {
    const given = givenFlags(command, rows);
    checkValues("validate", rows, given);
    const named = given["dataDir"];
    if (dataDir !== undefined && named !== undefined && named !== dataDir) {
      throw new UsageError(
        `validate: --data-dir must be given once, got ${JSON.stringify(dataDir)} and --data-dir ${JSON.stringify(named)}; leave one out`,
      );
    }
    const { showValidation } = await import("../show-validation.ts");
    await showValidation({ ...given, ...(dataDir === undefined ? {} : { dataDir }) });
  });
}
