import { type Command, Help } from "commander";
import { expect, test } from "vitest";
import { commandHeads, isCommandName } from "../command-heads.ts";
import { loadCommand, overviewOf } from "./load-command.ts";

test.each(Object.keys(commandHeads).filter(isCommandName))(
  "the overview says of %s what the command itself says",
  async (name) => {
    const help = new Help();
    const shown = (command: Command) => [
      help.subcommandTerm(command),
      help.subcommandDescription(command),
      command.name(),
    ];
    expect(shown(overviewOf(name))).toEqual(shown(await loadCommand(name)));
  },
);

test("names of objects are no commands", () => {
  expect(["constructor", "trian", undefined].map(isCommandName)).toEqual([false, false, false]);
});
