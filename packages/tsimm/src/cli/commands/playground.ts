/** `tsimm playground`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { scheduleFlags, simulateFlags } from "../../recipe/schedule-flags.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { type PlaygroundFlags, playgroundFlags } from "../flags/playground-flags.ts";
import { scheduleAddress } from "../playground/schedule-address.ts";
import { addTrainOptions, givenArguments } from "../train-options.ts";

/** The playground's own, where flags leave them open; here they only have to make a schedule. */
const DEFAULTS = { lr: 0.1, updatesPerEpoch: 100 };

/** The command that serves the playground. */
export function playgroundCommand(): Command {
  const own: FlagTable = Object.entries(playgroundFlags);
  const schedule = scheduleFlags();
  const command = new Command("playground").description(commandHeads.playground.description);
  addFlagOptions(command, own);
  addTrainOptions(command, schedule);
  return command.action(async () => {
    const { port }: PlaygroundFlags = givenFlags(command, own);
    checkValues("playground", own, { port });
    const given = givenArguments(command, undefined, schedule);
    const { lr = null } = given;
    simulateFlags({ ...given, lr: lr ?? DEFAULTS.lr }, DEFAULTS.updatesPerEpoch, { command: "playground" });
    const { runPlayground } = await import("../run-playground.ts");
    await runPlayground({ port: port ?? null, state: scheduleAddress(given) });
  });
}
