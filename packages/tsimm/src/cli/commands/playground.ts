/** `tsimm playground`. */
import { Command } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { scheduleFlags } from "../../recipe/schedule-flags.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { type PlaygroundFlags, playgroundFlags } from "../flags/playground-flags.ts";
import { scheduleAddress } from "../playground/schedule-address.ts";

/** The command that serves the playground. */
export function playgroundCommand(): Command {
  const own: FlagTable = Object.entries(playgroundFlags);
  const schedule: FlagTable = scheduleFlags();
  const command = new Command("playground").description(commandHeads.playground.description);
  addFlagOptions(command, [...own, ...schedule]);
  return command.action(async () => {
    const { port }: PlaygroundFlags = givenFlags(command, own);
    const given = givenFlags(command, schedule);
    checkValues("playground", own, { port });
    checkValues("playground", schedule, given);
    const { runPlayground } = await import("../run-playground.ts");
    await runPlayground({ port: port ?? null, state: scheduleAddress(given) });
  });
}
