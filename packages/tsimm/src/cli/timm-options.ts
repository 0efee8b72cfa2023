/** Options of `tsimm train` for the flags of timm that change nothing here, or that are refused. */
import { type Command, Option } from "commander";
import { findFlag } from "../recipe/arguments.ts";
import { type GivenTimmFlag, type JudgedTimmFlags, judgeTimmFlags } from "../recipe/judge-timm-flags.ts";
import { type TimmFlag, timmFlags } from "../recipe/timm-flags.ts";

const SUFFIX: Readonly<Record<TimmFlag["takes"], string>> = {
  nothing: "",
  "one value": " <text>",
  values: " <text...>",
  "perhaps a value": " [text]",
};

/** Adds an option per flag, without a line of its own in `--help`, and a list of them below it. */
export function addTimmOptions(command: Command): void {
  const others = Object.entries(timmFlags).filter(([key]) => findFlag(camelCase(key)) === undefined);
  for (const [key, { takes }] of others) {
    command.addOption(new Option(flagOf(key) + SUFFIX[takes]).hideHelp());
  }
  command.addHelpText("after", helpText());
}

/** The fate of those that were given. */
export function judgeTimmOptions(command: Command): JudgedTimmFlags {
  const given: GivenTimmFlag[] = Object.keys(timmFlags).flatMap((key) => {
    // commander stores --no-prefetcher as prefetcher = false.
    const stored = camelCase(key.replace(/^no_/, ""));
    if (command.getOptionValueSource(stored) !== "cli" || findFlag(camelCase(key)) !== undefined) return [];
    const value: unknown = command.getOptionValue(stored);
    return [{ key, typed: flagOf(key), value: key.startsWith("no_") ? value === false : value }];
  });
  return judgeTimmFlags(given, { explicit: true });
}

function helpText(): string {
  const flags = (fate: TimmFlag["fate"]) =>
    Object.entries(timmFlags)
      .filter(([, flag]) => flag.fate === fate && flag.old === undefined)
      .map(([key]) => flagOf(key))
      .join(", ");
  return `
Flags of timm's train.py without effect here, which are named in one line and ignored:
  ${flags("no effect")}
Flags of timm's train.py that are refused where they would change something, with what to do instead:
  ${flags("not offered")}`;
}

function flagOf(key: string): string {
  return `--${key.replaceAll("_", "-")}`;
}

function camelCase(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
