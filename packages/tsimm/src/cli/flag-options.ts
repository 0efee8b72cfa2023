/** Turns a table of flags into command-line options, and parsed options back into values. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Flag, separated } from "../recipe/arguments.ts";
import { type PythonValue, parsePythonLiteral } from "../text/python-literal.ts";

/** A flag of a command. */
export interface CommandFlag extends Flag {
  /** A list of which each value has the flag before it, so that other words may follow: `--checkpoint a --checkpoint b`. */
  readonly repeated?: boolean;
}

/** A table of flags by camelCase name. */
export type FlagTable = readonly (readonly [name: string, flag: CommandFlag])[];

/** Adds one option per row of a table, under the table's headings. */
export function addFlagOptions(command: Command, rows: FlagTable): void {
  for (const [name, flag] of rows) {
    for (const option of optionsOf(name, flag)) command.addOption(option.helpGroup(`${flag.group}:`));
  }
}

/** The values that the user gave explicitly, by name. */
export function givenFlags(command: Command, rows: FlagTable): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, flag] of rows) {
    const key = storedName(name);
    if (command.getOptionValueSource(key) !== "cli") continue;
    const value: unknown = command.getOptionValue(key);
    // A list of pairs may be empty.
    if (flag.type === "map" && value === true) continue;
    given[name] = key === name ? value : value === false;
  }
  return given;
}

// commander stores --no-aug as aug = false.
function storedName(name: string): string {
  const positive = /^no([A-Z])(.*)$/.exec(name);
  return positive ? `${positive[1]?.toLowerCase()}${positive[2]}` : name;
}

/** What help calls a value of each type. */
const KINDS: Readonly<Record<Exclude<Flag["type"], "flag">, string>> = {
  ...{ int: "int", float: "float", string: "text" },
  ...{ ints: "int", floats: "float", strings: "text", map: "key=value" },
};

function optionsOf(name: string, flag: CommandFlag): Option[] {
  const long = `--${separated(name, "-")}`;
  const short = flag.short?.length === 2 ? `${flag.short}, ` : "";
  const fallback =
    flag.default === null || flag.default === "" || flag.type === "flag"
      ? ""
      : ` (default: ${Array.isArray(flag.default) ? flag.default.join(" ") : flag.default})`;
  const names = flag.names === undefined ? "" : `: ${flag.names.join(", ")}`;
  const help = flag.help + names + fallback;
  if (flag.type === "flag") {
    const on = new Option(long, flag.default ? `${help} (default: on)` : help);
    return flag.default
      ? [on, new Option(`--no-${separated(name, "-")}`, `switches --${separated(name, "-")} off`)]
      : [on];
  }
  if (flag.type === "map") return [new Option(`${short}${long} [key=value...]`, help).argParser(addPair)];
  const list = flag.type.endsWith("s");
  const kind = KINDS[flag.type];
  const isVariadic = list && !flag.repeated;
  const option = new Option(`${short}${long} <${kind}${isVariadic ? "..." : ""}>`, help);
  if (flag.repeated) {
    return [option.argParser((text: string, previous: string[] | undefined) => [...(previous ?? []), text])];
  }
  if (flag.choices) return [withChoices(option, flag.choices)];
  if (flag.type === "string" || flag.type === "strings") return [option];
  return [
    list
      ? option.argParser((text: string, previous: number[] | undefined) => [
          ...(previous ?? []),
          parseNumber(text, flag),
        ])
      : option.argParser((text: string) => parseNumber(text, flag)),
  ];
}

/** An empty text, which stands for the default, is taken but not listed. */
function withChoices(option: Option, choices: readonly string[]): Option {
  option.choices(choices.filter((choice) => choice !== ""));
  const { parseArg } = option;
  if (!choices.includes("") || parseArg === undefined) return option;
  return option.argParser((text: string, previous: unknown) => (text === "" ? "" : parseArg(text, previous)));
}

/** `betas=(0.9,0.95)`: a Python literal, or text. */
function addPair(
  text: string,
  previous: Readonly<Record<string, PythonValue>> | undefined,
): Readonly<Record<string, PythonValue>> {
  const [pair, key = "", value = ""] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (pair === undefined) throw new InvalidArgumentError("It must be key=value.");
  const read = parsePythonLiteral(value);
  return { ...previous, [key.trim()]: read === undefined ? value : read };
}

function parseNumber(text: string, flag: Flag): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const whole = flag.type === "int" || flag.type === "ints";
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    throw new InvalidArgumentError(`It must be ${whole ? "an integer" : "a number"}.`);
  }
  return value;
}
