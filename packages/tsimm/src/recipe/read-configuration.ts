/** Configuration files, and the arguments in files under their snake_case keys: timm's own `args.yaml` too. */
import { parse } from "yaml";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import {
  type ArgumentName,
  type Flag,
  findFlag,
  separated,
  type TrainArguments,
  trainFlagRows,
} from "./arguments.ts";
import { showValue, valueProblems } from "./check-arguments.ts";
import { type GivenTimmFlag, judgeTimmFlags } from "./judge-timm-flags.ts";
import { problemsError } from "./list-problems.ts";
import { timmFlags, timmKeyAliases } from "./timm-flags.ts";

/** Content of a configuration file. */
export interface Configuration {
  readonly given: Partial<TrainArguments>;
  /** timm's keys that have no effect on the result here. */
  readonly withoutEffect: readonly string[];
}

/**
 * Reads a configuration file: YAML whose keys are flag names with underscores.
 *
 * @throws UsageError for a file that can't be read, and for all of its unknown keys, bad values and features of timm
 * that are switched on and not offered here.
 */
export async function readConfiguration(path: string): Promise<Configuration> {
  let content: unknown;
  try {
    content = parse((await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8"), {
      version: "1.1",
    });
  } catch (error) {
    throw new UsageError(
      `train: --config must be a readable YAML file, got "${path}" (${(error as Error).message.split("\n")[0]})`,
    );
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new UsageError(`train: --config must hold "key: value" lines, got "${path}"`);
  }
  return fromKeys(content as Record<string, unknown>);
}

/** Turns snake_case keys into arguments; see {@link readConfiguration}. */
export function fromKeys(content: Readonly<Record<string, unknown>>): Configuration {
  const names = new Map(trainFlagRows().map(([name]) => [separated(name, "_"), name]));
  const given: Record<string, unknown> = {};
  const fromTimm: GivenTimmFlag[] = [];
  const { plain, problems } = withoutAliases(content);
  for (const [key, value] of Object.entries(plain)) {
    const name = names.get(key);
    if (name !== undefined) given[name] = asTyped(name, value);
    else if (Object.hasOwn(timmFlags, key)) fromTimm.push({ key, typed: key, value });
    else if (!isNothing(value)) {
      const known = [...names.keys(), ...Object.keys(timmFlags)];
      problems.push(`unknown key "${printable(key)}" in the configuration${suggestion(key, known)}`);
    }
  }
  const checked = given as Partial<TrainArguments>;
  const { withoutEffect, problems: refused } = judgeTimmFlags(fromTimm);
  problems.push(...valueProblems(trainFlagRows(), checked), ...refused);
  if (problems.length > 0) throw problemsError("train", problems);
  return { given: checked, withoutEffect };
}

/** The content with timm's other names of keys replaced, and what is wrong where both are given. */
function withoutAliases(content: Readonly<Record<string, unknown>>): {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly problems: string[];
} {
  const plain = { ...content };
  const problems: string[] = [];
  for (const [alias, key] of Object.entries(timmKeyAliases)) {
    const [value, own] = [plain[alias], plain[key]];
    delete plain[alias];
    if (isNothing(value)) continue;
    if (isNothing(own)) plain[key] = value;
    else if (own !== value) {
      const got = `got ${showValue(value)} and ${showValue(own)}`;
      problems.push(`${alias} and ${key} must be the same, ${got}; leave one out`);
    }
  }
  return { plain, problems };
}

/** Whether an unknown key says nothing. */
function isNothing(value: unknown): boolean {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return value === null || value === undefined || value === false || value === "" || value === 0 || isEmpty;
}

/** The value that timm's parser makes of one in a file: a bare one for a list, a text for a number. */
function asTyped(name: ArgumentName, value: unknown): unknown {
  const flag = findFlag(name);
  if (flag === undefined) return value;
  if (flag.type === "map") return isNothing(value) ? null : value;
  if (Array.isArray(value)) return value.map((one) => asNumber(flag, one));
  const one = asNumber(flag, value);
  const isOne =
    ((flag.type === "ints" || flag.type === "floats") && typeof one === "number") ||
    (flag.type === "strings" && typeof one === "string");
  return isOne ? [one] : one;
}

function asNumber({ type }: Flag, value: unknown): unknown {
  if (typeof value !== "string" || !/^(int|float)s?$/.test(type)) return value;
  const isNumber = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value);
  return isNumber ? Number(value) : value;
}
