/** Configuration files, and the arguments in files under their snake_case keys: timm's own `args.yaml` too. */
import { dirname } from "node:path";
import { parse } from "yaml";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import { ARGS_YAML_KEYS } from "./args-yaml.ts";
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
import { CARRIED_KEYS, isRecordOfTimm, recordedSettings, withoutDerived } from "./recorded-run.ts";
import { saysNothing } from "./says-nothing.ts";
import { timmFlags, timmKeyAliases } from "./timm-flags.ts";

/** Content of a configuration file. */
export interface Configuration {
  readonly given: Partial<TrainArguments>;
  /** timm's keys that have no effect on the result here. */
  readonly withoutEffect: readonly string[];
}

/**
 * Reads a configuration file: YAML whose keys are flag names with underscores. Of one that a run has written, places of
 * that run are left out, and so are its derived settings, which are derived anew.
 *
 * @throws UsageError for a file that can't be read, and for all of its unknown keys, bad values and features of timm
 * that are switched on and not offered here.
 */
export async function readConfiguration(path: string): Promise<Configuration> {
  const content = await readContent(path);
  const recorded = recordedSettings(content);
  const { given, withoutEffect } = fromKeys(recorded.content);
  return {
    given: withoutDerived(given, content),
    withoutEffect: [...withoutEffect, ...recorded.notes],
  };
}

/**
 * Reads the `args.yaml` of a run that is to begin again in its folder: its settings, and where it is written.
 *
 * @throws UsageError as {@link readConfiguration}, and for a run of timm's, whose folder stays as it is.
 */
export async function readStart(path: string): Promise<Partial<TrainArguments>> {
  const content = await readContent(path);
  if (isRecordOfTimm(content)) {
    throw new UsageError(
      `train: --resume must be a run that has saved a checkpoint, got "${printable(dirname(path))}", where timm's train.py has saved none; wait for its first epoch, or begin elsewhere with -c "${printable(path)}"`,
    );
  }
  const { [ARGS_YAML_KEYS.place]: place } = content;
  const { given } = await readConfiguration(path);
  return isMapping(place) ? { ...given, ...fromKeys(place).given } : given;
}

async function readContent(path: string): Promise<Readonly<Record<string, unknown>>> {
  let content: unknown;
  try {
    content = parse((await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8"), {
      version: "1.1",
      // Tags of Python's, of which it warns on stderr.
      logLevel: "error",
    });
  } catch (error) {
    throw new UsageError(
      `train: --config must be a readable YAML file, got "${path}" (${(error as Error).message.split("\n")[0]})`,
    );
  }
  if (isMapping(content)) return content;
  throw new UsageError(`train: --config must hold "key: value" lines, got "${path}"`);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
    else if (!saysNothing(value) && !CARRIED_KEYS.includes(key)) {
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
    if (saysNothing(value)) continue;
    if (saysNothing(own)) plain[key] = value;
    else if (own !== value) {
      const got = `got ${showValue(value)} and ${showValue(own)}`;
      problems.push(`${alias} and ${key} must be the same, ${got}; leave one out`);
    }
  }
  return { plain, problems };
}

/** The value that timm's parser makes of one in a file: a bare one for a list, a text for a number. */
function asTyped(name: ArgumentName, value: unknown): unknown {
  const flag = findFlag(name);
  if (flag === undefined) return value;
  if (flag.type === "map") return saysNothing(value) ? null : value;
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
