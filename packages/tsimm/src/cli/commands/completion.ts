/** `tsimm completion`. */
import { Argument, Command } from "commander";
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import { commandHeads, isCommandName } from "../command-heads.ts";
import { completionScript, type Shell, shells } from "../completion-script.ts";

/** The command that prints the completion script of a shell. */
export function completionCommand(): Command {
  return new Command("completion")
    .description(commandHeads.completion.description)
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      `
In ~/.bashrc:                 eval "$(tsimm completion bash)"
In ~/.zshrc, after compinit:  eval "$(tsimm completion zsh)"
In ~/.config/fish/config.fish: tsimm completion fish | source`,
    )
    .action(async (shell: Shell) => {
      const { loadCommand } = await import("./load-command.ts");
      const names = Object.keys(commandHeads).filter(isCommandName);
      const commands = await Promise.all(names.map(loadCommand));
      const { schedule, optimizer, engine, task } = builtInNames;
      const values = {
        ...{ "--sched": schedule, "--opt": optimizer, "--engine": engine, "--task": task },
        "--compare": schedule,
      };
      process.stdout.write(completionScript(shell, commands, values));
    });
}
