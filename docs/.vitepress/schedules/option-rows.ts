/** The options of a class: names, types, defaults, what may be given, meaning. */
import { parametersOf } from "../../../apps/playground/src/schedule/parameters.ts";
import { timmNameOf } from "../../../apps/playground/src/schedule/timm-names.ts";
import type { Subject } from "./subject.ts";

/** Heading that an option stands under. */
export type OptionGroup = "Own" | "Warm-up" | "Noise" | "Units and groups";

/** An option of a class. */
export interface OptionRow {
  readonly name: string;
  readonly group: OptionGroup;
  /** timm's name; null: timm has no such option. */
  readonly timm: string | null;
  /** Flag of the command line; null: it has none. */
  readonly flag: string | null;
  readonly isRequired: boolean;
  /** As one writes it; empty where it is required. */
  readonly default: string;
  /** What may be given, in the words of the error. */
  readonly allowed: string;
  readonly meaning: string;
}

const common: Readonly<Record<OptionGroup, readonly string[]>> = {
  Own: [],
  "Warm-up": ["warmupT", "warmupLrInit", "warmupPrefix"],
  Noise: ["noiseRangeT", "noisePct", "noiseStd", "noiseSeed", "noiseType"],
  "Units and groups": ["tInEpochs", "initialize", "paramGroupField"],
};

/** The options of a class in the order in which they are shown. */
export function optionRows(subject: Subject): OptionRow[] {
  const { definition, example, optionFacts } = subject;
  const shared = Object.values(common).flat();
  const own = Object.keys(definition?.checks ?? example).filter((name) => !shared.includes(name));
  const groups = Object.entries({ ...common, Own: own }) as [OptionGroup, readonly string[]][];
  const known = new Set([...own, ...Object.keys(subject.make(0.1, example).stateDict().options)]);
  const defaults = defaultOptions(subject);
  const flags = flagsOf(subject);
  return groups.flatMap(([group, names]) =>
    names
      .filter((name) => optionFacts?.has(name) ?? known.has(name))
      .map((name) => {
        const facts = optionFacts?.get(name);
        const isRequired = subject.required.includes(name);
        const comment = facts?.comment ?? definition?.flags?.[name as never]?.["help"] ?? "";
        return {
          ...{ name, group, isRequired, flag: flags.get(name) ?? null },
          timm: isTimm(subject, name) ? timmNameOf(name) : null,
          default: isRequired ? "" : (statedDefault(comment) ?? shown(defaults[name])),
          allowed: allowedFor(subject, name),
          meaning: withoutRange(comment),
        };
      }),
  );
}

/** Options that a class fills in. */
export function defaultOptions({ make, example, required }: Subject): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(required.map((name) => [name, example[name]]));
  try {
    return make(0.1, given).stateDict().options;
  } catch {
    // One of several options is needed, none in particular.
    return make(0.1, { ...given, warmupT: 10 }).stateDict().options;
  }
}

/** The default that a comment names, as it is written there. */
export function statedDefault(comment: string): string | null {
  const named = /(?:default (`[^`]+`|-?[\d.e-]*\d|true|false|null)|(`"\w+"`|\w+) \(the default\))/.exec(
    comment,
  );
  return (named?.[1] ?? named?.[2] ?? null)?.replaceAll("`", "") ?? null;
}

function flagsOf({ name, definition }: Subject): ReadonlyMap<string, string> {
  if (definition === null) return new Map();
  const named = parametersOf(name).flatMap(({ option, flag }): [string, string][] =>
    option === null ? [] : [[option, flag]],
  );
  return new Map(named);
}

function isTimm({ definition }: Subject, option: string): boolean {
  return definition?.traits.inTimm === true && timmNameOf(option) !== null;
}

/** Asks the class itself: it refuses an object for every option, and says what it takes. */
function allowedFor({ make, example }: Subject, name: string): string {
  try {
    make(0.1, { ...example, [name]: {} });
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const found = /must be (.*?), got /.exec(message)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`allowedFor: ${name} must be refused where it is an object`);
}

/** A comment without what the other columns say. */
function withoutRange(comment: string): string {
  return comment
    .replaceAll(/,? ?(?:finite|an integer)(?=[,;:. ])(?! where)/g, "")
    .replaceAll(/, [<>]=? -?[\d.]+(?=[,;:. ])(?!\d)/g, "")
    .replaceAll(/,? default (?:and null: )?(?:`[^`]+`|-?[\d.e-]*\d|true|false|null)/g, "")
    .replace(/ \(the default\)/, "")
    .replaceAll(/\s+([,;:.])/g, "$1")
    .replaceAll(/[,;]+\./g, ".");
}

function shown(value: unknown): string {
  return typeof value === "function" || value === undefined ? "" : JSON.stringify(value);
}
