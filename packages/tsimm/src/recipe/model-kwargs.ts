/** `--model-kwargs`: options of the model by timm's names. */
import type { Model } from "../models/model.ts";
import { type ModelOptions, modelConfigNames } from "../models/registry.ts";
import { camelCaseOf } from "../text/case.ts";
import type { PythonValue } from "../text/python-literal.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import { type ArgumentName, separated, type TrainArguments, trainFlags } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/** Options of every model that have a flag, too. */
const WITH_FLAG: Readonly<Record<string, ArgumentName>> = {
  ...{ imgSize: "imgSize", globalPool: "gp", dropRate: "drop", dropPathRate: "dropPath" },
  ...{ bnMomentum: "bnMomentum", bnEps: "bnEps" },
};

/** Options that follow from other flags. */
const ELSEWHERE: Readonly<Record<string, ArgumentName>> = {
  numClasses: "numClasses",
  inChans: "inChans",
  seed: "seed",
};

/** Options of every model without a flag. */
const WITHOUT_FLAG = ["zeroInitLast"];

/**
 * Options of a run's model: those of the flags, and of `--model-kwargs`.
 *
 * @param model - Name of the model in the registry.
 * @param options - Options that the flags set; null: not set.
 * @throws UsageError for an unknown key, or one that a flag sets to another value.
 */
export function withModelKwargs(
  model: string,
  { modelKwargs }: Pick<TrainArguments, "modelKwargs">,
  options: ModelOptions,
): ModelOptions {
  if (modelKwargs === null) return options;
  const general: Record<string, PythonValue> = {};
  const config: Record<string, PythonValue> = {};
  const names = modelConfigNames(model);
  for (const [key, given] of Object.entries(modelKwargs)) {
    const name = camelCaseOf(key);
    const value = name === "imgSize" ? side(given) : given;
    const elsewhere = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
    if (elsewhere !== undefined) {
      throw new UsageError(`train: --model-kwargs must leave out ${key}; pass ${flagOf(elsewhere)}`);
    }
    // A field of the model's own wins: the imgSize of all models does nothing to many.
    if (names.includes(name)) config[name] = value;
    else if (Object.hasOwn(WITH_FLAG, name) || WITHOUT_FLAG.includes(name)) general[name] = value;
    else throw unknownKey(key, [...names, ...Object.keys(WITH_FLAG), ...WITHOUT_FLAG]);
  }
  for (const [name, value] of Object.entries(general)) checkFlag(name, value, options);
  const set = Object.fromEntries(Object.entries(general).filter(([, value]) => value !== null));
  return { ...options, ...set, config };
}

/**
 * The model of `make`.
 *
 * @param modelKwargs - What it is made with, among others.
 * @throws UsageError in place of an error about one of them.
 */
export function namingModelKwargs(modelKwargs: TrainArguments["modelKwargs"], make: () => Model): Model {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError) || modelKwargs === null) throw error;
    const [, parameter = "", rest = ""] = /^[\w.-]+: (\w+) must ([\s\S]*)$/.exec(error.message) ?? [];
    const key = Object.keys(modelKwargs).find((one) => camelCaseOf(one) === parameter);
    if (key === undefined) throw error;
    throw new UsageError(`train: --model-kwargs ${key} must ${rest}`, { cause: error });
  }
}

/** Flags that say how a model of the registry is made. */
const OF_REGISTRY: readonly ArgumentName[] = ["modelKwargs", "gp", "bnMomentum", "bnEps"];

/**
 * Refuses options of the model where it is not made by its name.
 *
 * @param what - What it is instead, e.g. `an ONNX file`.
 * @throws UsageError that names the first of them.
 */
export function refuseModelOptions(args: TrainArguments, what: string): void {
  const flag = OF_REGISTRY.find((name) => args[name] !== null);
  if (flag === undefined) return;
  throw new UsageError(`train: ${flagOf(flag)} must be left out for ${what}, got ${showValue(args[flag])}`);
}

/** timm has sizes as pairs, too. */
function side(value: PythonValue): PythonValue {
  if (!Array.isArray(value)) return value;
  const [height = null, width = null] = value;
  return value.length === 2 && height === width ? height : value;
}

function checkFlag(name: string, value: PythonValue, options: ModelOptions): void {
  const flag = WITH_FLAG[name];
  if (flag === undefined) return;
  const set: unknown = Object.entries(options).find(([key]) => key === name)?.[1] ?? null;
  // A flag at its default counts as not given.
  if (set === null || set === trainFlags[flag].default || set === value) return;
  throw new UsageError(
    `train: --model-kwargs must not set ${separated(name, "_")} otherwise than ${flagOf(flag)}, ` +
      `got ${showValue(value)} and ${showValue(set)}; leave one out`,
  );
}

function unknownKey(key: string, names: readonly string[]): UsageError {
  const known = names.map((name) => separated(name, "_"));
  return new UsageError(
    `train: --model-kwargs must have keys among ${known.join(", ")}, got "${key}"${suggestion(key, known)}`,
  );
}

function flagOf(name: ArgumentName): string {
  return `--${separated(name, "-")}`;
}
