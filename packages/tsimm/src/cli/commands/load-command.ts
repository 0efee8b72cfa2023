/** Commands, each loaded only when it is called. */
import { Command } from "commander";
import { type CommandName, commandHeads } from "../command-heads.ts";

const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  train: async () => (await import("./train.ts")).trainCommand(),
  validate: async () => (await import("./validate.ts")).validateCommand(),
  export: async () => (await import("./export.ts")).exportCommand(),
  watch: async () => (await import("./watch.ts")).watchCommand(),
  handoff: async () => (await import("./handoff.ts")).handoffCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  schedule: async () => (await import("./schedule.ts")).scheduleCommand(),
  playground: async () => (await import("./playground.ts")).playgroundCommand(),
  "lr-find": async () => (await import("./lr-find.ts")).lrFindCommand(),
  completion: async () => (await import("./completion.ts")).completionCommand(),
  models: async () => (await import("./models.ts")).modelsCommand(),
  inspect: async () => (await import("./inspect.ts")).inspectCommand(),
  predict: async () => (await import("./predict.ts")).predictCommand(),
};

/** A command with its options and what it does. */
export function loadCommand(name: CommandName): Promise<Command> {
  return LOAD[name]();
}

/** A command as far as the overview of all shows it. */
export function overviewOf(name: CommandName): Command {
  const { description, argument, hasOptions } = commandHeads[name];
  const command = new Command(name).description(description);
  if (argument !== "") command.argument(argument);
  return hasOptions ? command.option("--any") : command;
}
