/** Completion scripts for shells, from the commands' own tables of flags. */
import type { Command, Option } from "commander";

/** Shells that have one. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

/** A flag, as a script needs it. */
interface CompletedFlag {
  /** Spellings, e.g. `--batch-size` and `-b`. */
  readonly words: readonly string[];
  /** The beginning of its help, in one line. */
  readonly help: string;
  /** Words that may follow; null: none do. */
  readonly values: readonly string[] | "file" | "model" | null;
}

/** A command, as a script needs it. */
interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
}

const HELP: CompletedFlag = { words: ["--help", "-h"], help: "display help for command", values: null };
/** Longest help of a flag beside it. */
const LONGEST = 72;

/**
 * The script of a shell.
 *
 * @param commands - The commands with their options.
 * @param names - Names that a flag takes where they are no choices of commander, by the flag.
 */
export function completionScript(
  shell: Shell,
  commands: readonly Command[],
  names: Readonly<Record<string, readonly string[]>>,
): string {
  const completed = commands.map(
    (command): CompletedCommand => ({
      name: command.name(),
      description: oneLine(command.description()),
      flags: [
        ...command.options.filter(({ hidden }) => !hidden).map((option) => flagOf(option, names)),
        HELP,
      ],
    }),
  );
  return { bash, zsh, fish }[shell](completed);
}

function flagOf(option: Option, names: Readonly<Record<string, readonly string[]>>): CompletedFlag {
  const words = [option.long, option.short].filter((word) => typeof word === "string");
  return { words, help: oneLine(option.description), values: valuesOf(option, names) };
}

function valuesOf(
  option: Option,
  names: Readonly<Record<string, readonly string[]>>,
): CompletedFlag["values"] {
  if (!option.required && !option.optional) return null;
  const choices = option.argChoices ?? names[option.long ?? ""];
  if (choices !== undefined) return choices.filter((choice) => choice !== "");
  if (option.long === "--model") return "model";
  // Numbers have no completion; whatever else is typed is mostly a path.
  return /<(int|float)/.test(option.flags) ? [] : "file";
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/["'`$\\[\]:]/g, "");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).trimEnd()}…`;
}

function bash(commands: readonly CompletedCommand[]): string {
  const flags = commands.map(
    ({ name, flags }) => `    ${name}) flags='${flags.flatMap(({ words }) => words).join(" ")}' ;;`,
  );
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ words, values }) =>
      values === null
        ? []
        : [`    ${words.map((word) => `'${name} ${word}'`).join("|")}) ${bashValues(values)} ;;`],
    ),
  );
  return `# Completion of tsimm for bash: eval "$(tsimm completion bash)"
_tsimm_models() { tsimm models "\${1:-}*" 2>/dev/null | cut -d ' ' -f 1; }
_tsimm_files() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$1")); }
_tsimm() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' at flags='' words='' kind=''
  COMPREPLY=()
  [[ $word == = ]] && word=''
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && before=\${COMP_WORDS[COMP_CWORD-1]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == -* ]] || { command=\${COMP_WORDS[at]}; break; }
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")} help --help --version' -- "$word"))
    return
  fi
  case "$command $before" in
${values.join("\n")}
  esac
  case $kind in
    words) COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
    model) COMPREPLY=($(compgen -W "$(_tsimm_models "$word")" -- "$word")); return ;;
    none) return ;;
    file) _tsimm_files "$word"; return ;;
  esac
  if [[ $word != -* ]]; then
    [[ $command == models ]] && { COMPREPLY=($(compgen -W "$(_tsimm_models "$word")" -- "$word")); return; }
    [[ $command == completion ]] && { COMPREPLY=($(compgen -W '${shells.join(" ")}' -- "$word")); return; }
    [[ $command == help ]] && { COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")}' -- "$word")); return; }
    _tsimm_files "$word"
    return
  fi
  case $command in
${flags.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$flags" -- "$word"))
}
complete -F _tsimm tsimm
`;
}

function bashValues(values: readonly string[] | "file" | "model"): string {
  if (values === "file" || values === "model") return `kind=${values}`;
  return values.length === 0 ? "kind=none" : `kind=words words='${values.join(" ")}'`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, flags }) => {
    const specs = flags.flatMap(({ words, help, values }) =>
      words.map((word) => `        '*${word}[${help}]${zshValues(values)}'`),
    );
    const rest =
      name === "models"
        ? "'*: :_tsimm_models'"
        : name === "completion"
          ? `'1: :(${shells.join(" ")})'`
          : "'*: :_files'";
    return `    ${name})\n      _arguments -s \\\n${specs.join(" \\\n")} \\\n        ${rest} ;;`;
  });
  return `#compdef tsimm
# Completion of tsimm for zsh: eval "$(tsimm completion zsh)", after compinit
_tsimm_models() { local -a names; names=(\${(f)"$(tsimm models 2>/dev/null | cut -d ' ' -f 1)"}); compadd -a names }
_tsimm() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C '1: :->command' '*:: :->rest'
  case $state in
  command)
    local -a commands
    commands=(
${commands.map(({ name, description }) => `      '${name}:${description}'`).join("\n")}
    )
    _describe command commands ;;
  rest)
    case $words[1] in
${cases.join("\n")}
    esac ;;
  esac
}
compdef _tsimm tsimm
`;
}

function zshValues(values: CompletedFlag["values"]): string {
  if (values === null) return "";
  if (values === "file") return ": :_files";
  if (values === "model") return ": :_tsimm_models";
  return values.length === 0 ? ": : " : `: :(${values.join(" ")})`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, description, flags }) => [
    `complete -c tsimm -n __fish_use_subcommand -f -a ${name} -d '${description}'`,
    ...flags.map(({ words, help, values }) => {
      const spelled = words.map((word) =>
        word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
      );
      return `complete -c tsimm -n '__fish_seen_subcommand_from ${name}' ${spelled.join(" ")} -d '${help}'${fishValues(values)}`;
    }),
  ]);
  return `# Completion of tsimm for fish: tsimm completion fish | source
function __tsimm_models
  tsimm models 2>/dev/null | cut -d ' ' -f 1
end
${lines.join("\n")}
complete -c tsimm -n '__fish_seen_subcommand_from models' -f -a '(__tsimm_models)'
complete -c tsimm -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(" ")}'
`;
}

function fishValues(values: CompletedFlag["values"]): string {
  if (values === null) return "";
  if (values === "file") return " -r -F";
  if (values === "model") return " -x -a '(__tsimm_models)'";
  return values.length === 0 ? " -x" : ` -x -a '${values.join(" ")}'`;
}
