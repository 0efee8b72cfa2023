/** The part of a model that is not trained. */
import { globExpression } from "../../text/glob-expression.ts";
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import { suggestion } from "../../text/suggestion.ts";
import type { Model } from "../model.ts";

/** The part of a model that is not trained. */
export interface Frozen {
  /** Names of parameters that are not differentiated. */
  readonly parameters: ReadonlySet<string>;
  /** Batch normalizations that normalise by their running statistics, and leave these as they are. */
  readonly batchNormalizations: ReadonlySet<string>;
}

/** Patterns for {@link freeze}, or what it returns. */
export type FrozenOption = readonly string[] | Frozen;

/** Words for parts that every model has. */
const words = {
  /** Everything but the classifier. */
  backbone: (model: Model, module: string) =>
    !isInside(module, model.classifier) && !model.getClassifier().some(({ name }) => name === module),
  /** Every batch normalization. */
  batchnorm: ({ batchNormalizations }: Model, module: string) =>
    batchNormalizations.some((norm) => isInside(module, norm.module)),
} as const;

/** The words of {@link freeze}. */
export const frozenWords: readonly string[] = Object.keys(words);

/**
 * Says which part of a model is not trained.
 *
 * A batch normalization whose parameters are all frozen is too: it normalises by its running statistics, as
 * `model.eval()` does to it. Dropout and drop path of a frozen block go on.
 *
 * @param patterns - Names of parameters or modules, `*` for any characters and `?` for one: `layer1`, `layer1*`,
 * `blocks.[0-3].*`, `*.bias`. A module stands for all inside it. `backbone`: everything but the classifier; `batchnorm`:
 * every batch normalization.
 * @throws TypeError for patterns of another kind; RangeError for one that matches nothing, or if nothing is left to train.
 * @example
 * const model = createModel("resnet18", { numClasses: 3 });
 * const { parameters, batchNormalizations } = freeze(model, ["conv1", "bn1", "layer[1-3]"]);
 * [parameters.size, batchNormalizations.size]; // => [45, 15]
 * freeze(model, ["backbone"]).parameters.has("fc.weight"); // => false
 * @see timm `timm/utils/model.py`, `freeze`
 */
export function freeze(model: Model, patterns: readonly string[]): Frozen {
  const frozen = matched(model, patterns);
  if (model.parameters.every(({ name }) => frozen.parameters.has(name))) {
    throw new RangeError(
      `freeze: patterns must leave a parameter of ${model.name} to train, got ${patterns.map((one) => `"${one}"`).join(", ")}; leave one out`,
    );
  }
  return frozen;
}

/** What an option says, by its patterns or as it is. */
export function frozenOf(model: Model, option: FrozenOption): Frozen {
  return isPatterns(option) ? freeze(model, option) : option;
}

/** The parameters that are not frozen, in their order. */
export function trainedParameters(
  { parameters }: Pick<Model, "parameters">,
  frozen: Frozen | null,
): Model["parameters"] {
  return frozen === null ? parameters : parameters.filter(({ name }) => !frozen.parameters.has(name));
}

function isPatterns(option: FrozenOption): option is readonly string[] {
  return Array.isArray(option);
}

function matched(model: Model, patterns: readonly string[]): Frozen {
  if (!Array.isArray(patterns) || patterns.some((pattern) => typeof pattern !== "string")) {
    throw new TypeError(`freeze: patterns must be a list of texts, got ${JSON.stringify(patterns)}`);
  }
  if (patterns.length === 0) {
    throw new RangeError("freeze: patterns must have at least one, got none");
  }
  const parameters = new Set<string>();
  const modules = new Set<string>();
  const { batchNormalizations } = model;
  for (const pattern of patterns) {
    const fits = matcher(model, pattern);
    const names = model.parameters.flatMap(({ name }) => (fits(name) ? [name] : []));
    const norms = batchNormalizations.flatMap(({ module }) => (fits(module) ? [module] : []));
    if (names.length + norms.length === 0) throw noMatch(model, pattern);
    for (const name of names) parameters.add(name);
    for (const module of norms) modules.add(module);
  }
  for (const { module } of batchNormalizations) {
    const own = model.parameters.filter(({ name }) => isInside(name, module));
    if (own.length === 0) continue;
    if (own.every(({ name }) => parameters.has(name))) modules.add(module);
    else modules.delete(module);
  }
  return { parameters, batchNormalizations: modules };
}

/** Whether a name, or a module that it is inside, fits a pattern. */
function matcher(model: Model, pattern: string): (name: string) => boolean {
  if (isWord(pattern)) return (name) => words[pattern](model, name);
  const expression = globExpression("freeze: patterns", pattern);
  return (name) => prefixes(name).some((prefix) => expression.test(prefix));
}

function isWord(pattern: string): pattern is keyof typeof words {
  return Object.hasOwn(words, pattern);
}

/** A name and the modules around it: `a`, `a.b`, `a.b.c`. */
function prefixes(name: string): string[] {
  const parts = name.split(".");
  return parts.map((_, i) => parts.slice(0, i + 1).join("."));
}

function isInside(name: string, module: string): boolean {
  return name === module || name.startsWith(`${module}.`);
}

function noMatch(model: Model, pattern: string): RangeError {
  const names = [...new Set(model.parameters.flatMap(({ name }) => prefixes(name)))];
  const tops = [...new Set(names.map((name) => name.split(".")[0] ?? name))];
  const near = suggestion(pattern.replaceAll("*", ""), [...frozenWords, ...names]);
  return new RangeError(
    `freeze: patterns must match parameters or modules of ${model.name}, got "${pattern}"` +
      `${near}; there are ${printable(listNames(tops))}, and the words ${frozenWords.join(" and ")}`,
  );
}
