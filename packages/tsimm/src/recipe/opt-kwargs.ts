/** `--opt-kwargs`: options of the optimizer by timm's names. */
import { fallbackChecks } from "../optim/fallback-options.ts";
import type { OptimizerDefinition } from "../optim/optimizer-definition.ts";
import { nonNegative, type OptionCheck } from "../optim/option-checks.ts";
import { camelCaseOf } from "../text/case.ts";
import type { PythonValue } from "../text/python-literal.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import { type ArgumentName, findFlag, isArgumentName, separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/** Options that have a flag under another name. */
const FLAGS: Readonly<Record<string, ArgumentName>> = { eps: "optEps", betas: "optBetas" };

/** Options of optimizers that have a flag, and can be set here while that is at its default. */
const SHARED = ["momentum", "weightDecay", "eps", "betas"];

/**
 * Arguments of a run's optimizer with `--opt-kwargs` in the place of flags, and its further options.
 *
 * @returns `args`: with the values of flags that `--opt-kwargs` sets; `options`: all others, in camelCase.
 * @throws UsageError for a key that the optimizer has not, that a flag sets to another value, or a value out of range.
 */
export function withOptKwargs(
  args: TrainArguments,
  { name: optimizer, defaults, checks: ownChecks }: OptimizerDefinition,
): { readonly args: TrainArguments; readonly options: Readonly<Record<string, PythonValue>> } {
  const own: Record<string, PythonValue> = {};
  const flags: Record<string, PythonValue> = {};
  const isHybrid = Object.hasOwn(defaults, "useFallback");
  const checks: Readonly<Record<string, OptionCheck>> = isHybrid
    ? { ...ownChecks, ...fallbackChecks }
    : ownChecks;
  const ofModel = isHybrid ? Object.keys(fallbackChecks) : [];
  const names = [...new Set([...Object.keys(defaults), "weightDecay", ...ofModel])];
  for (const [key, value] of Object.entries(args.optKwargs ?? {})) {
    const name = camelCaseOf(key);
    if (name === "lr") throw new UsageError("train: --opt-kwargs must leave out lr; pass --lr");
    if (!names.includes(name)) throw unknownKey(optimizer, key, names);
    const check = name === "weightDecay" ? nonNegative : checks[name];
    if (check !== undefined && !check.test(value)) {
      throw new UsageError(`train: --opt-kwargs ${key} must be ${check.text}, got ${showValue(value)}`);
    }
    const flag = FLAGS[name] ?? name;
    if (!isArgumentName(flag)) {
      own[name] = value;
      continue;
    }
    checkFlag(key, value, flag, args);
    if (SHARED.includes(name)) flags[flag] = value;
    else own[name] = value;
  }
  return { args: { ...args, ...flags }, options: own };
}

function checkFlag(key: string, value: PythonValue, flag: ArgumentName, args: TrainArguments): void {
  const text = (one: unknown) => JSON.stringify(one ?? null);
  const set = args[flag];
  // A flag at its default counts as not given.
  if (text(set) === text(findFlag(flag)?.default) || text(set) === text(value)) return;
  throw new UsageError(
    `train: --opt-kwargs must not set ${key} otherwise than --${separated(flag, "-")}, ` +
      `got ${showValue(value)} and ${showValue(set)}; leave one out`,
  );
}

function unknownKey(optimizer: string, key: string, names: readonly string[]): UsageError {
  const known = names.map((name) => separated(name, "_"));
  return new UsageError(
    `train: --opt-kwargs must have keys among ${known.join(", ")} for ${optimizer}, got "${key}"${suggestion(key, known)}`,
  );
}
