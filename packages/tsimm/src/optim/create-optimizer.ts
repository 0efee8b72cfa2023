/** timm's optimizer factories. */

import { type FrozenOption, frozenOf } from "../models/frozen/frozen.ts";
import type { Model, Parameter } from "../models/model.ts";
import { checkIsObject } from "../option-names.ts";
import { suggestion } from "../text/suggestion.ts";
import { completeGroups } from "./complete-groups.ts";
import { type FallbackOptions, fallbackChecks } from "./fallback-options.ts";
import { Lookahead } from "./lookahead.ts";
import type { Optimizer } from "./optimizer.ts";
import { findOptimizer } from "./optimizers.ts";
import { boolean, checkOption, nonNegative, type OptionChecks, orNull, positive } from "./option-checks.ts";
import { type ParamGroupInput, paramGroupsLayerDecay, paramGroupsWeightDecay } from "./param-groups.ts";
import { RuleOptimizer } from "./rule-optimizer.ts";

/** Arguments of {@link createOptimizer}, as a training script's flags hold them; null counts as not given. */
export interface OptimizerArgs {
  /** Name of the optimizer, case aside; a leading `lookahead_` wraps it in Lookahead. */
  readonly opt: string;
  /** Learning rate, >= 0; null: the optimizer's own. */
  readonly lr: number | null;
  /** L2 penalty or decoupled decay, >= 0. */
  readonly weightDecay: number;
  /** In [0, 1); used where the optimizer has one. */
  readonly momentum: number;
  readonly optEps?: number | null | undefined;
  readonly optBetas?: readonly number[] | null | undefined;
  readonly layerDecay?: number | null | undefined;
  readonly layerDecayMinScale?: number | null | undefined;
  readonly layerDecayNoOptScale?: number | null | undefined;
  /** Further options of the optimizer. */
  readonly optKwargs?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Options of {@link createOptimizerV2}; the optimizer's own (`betas`, `nesterov`, …) stand beside them. */
export interface OptimizerOptions {
  /** Name of the optimizer, case aside; a leading `lookahead_` wraps it in Lookahead. */
  readonly opt?: string | undefined;
  /** Learning rate, >= 0; absent: the optimizer's own. */
  readonly lr?: number | null | undefined;
  /** L2 penalty or decoupled decay, >= 0. */
  readonly weightDecay?: number | undefined;
  /** In [0, 1); dropped where the optimizer has none. */
  readonly momentum?: number | undefined;
  /** Dropped where the optimizer has none. */
  readonly eps?: number | null | undefined;
  /** Dropped where the optimizer has none. */
  readonly betas?: readonly number[] | null | undefined;
  /** false: biases and normalisation decay too. */
  readonly filterBiasAndBn?: boolean | undefined;
  /** Factor on the learning rate per layer, see `paramGroupsLayerDecay`. */
  readonly layerDecay?: number | null | undefined;
  readonly layerDecayMinScale?: number | null | undefined;
  readonly layerDecayNoOptScale?: number | null | undefined;
  /** Patterns of parameters that Muon leaves to AdamW, such as `head.*`; refused by other optimizers. */
  readonly fallbackList?: readonly string[] | null | undefined;
  /** Muon leaves a model's `noWeightDecay` to AdamW. */
  readonly fallbackNoWeightDecay?: boolean | undefined;
  /** Part of a model that is not trained, as patterns or from `freeze`; absent: none. */
  readonly frozen?: FrozenOption | null | undefined;
  /** Makes the groups in place of the rules above. */
  readonly paramGroupFn?: ((model: Model) => readonly ParamGroupInput[]) | undefined;
  readonly [option: string]: unknown;
}

/** What an optimizer is created over: a model, parameters, or groups of them. */
export type OptimizerTarget = Model | readonly (Parameter | ParamGroupInput)[];

/**
 * Creates an optimizer from a training script's arguments.
 *
 * @param args - Unknown keys are refused.
 * @param model - Its parameters are trained.
 * @param filterBiasAndBn - Biases and tensors with at most one dimension do not decay.
 * @param frozen - Part of the model that is not trained.
 * @throws RangeError for an unknown optimizer or key, a value out of range, or an option set twice.
 * @example
 * const model = createModel("resnet18", { numClasses: 10 });
 * const optimizer = createOptimizer({ opt: "adam", lr: 1e-4, weightDecay: 0, momentum: 0.9 }, model);
 * optimizer.paramGroups.map(({ lr, params }) => [lr, params.length]); // => [[0.0001, 62]]
 * @see timm `timm/optim/_optim_factory.py`
 */
export function createOptimizer(
  args: OptimizerArgs,
  model: Model,
  filterBiasAndBn = true,
  frozen: FrozenOption | null = null,
): Optimizer {
  checkIsObject("createOptimizer", args);
  const { opt, lr, weightDecay, momentum, optEps, optBetas, optKwargs, ...rest } = args;
  const { layerDecay, layerDecayMinScale, layerDecayNoOptScale, ...unknown } = rest;
  for (const key of Object.keys(unknown)) {
    throw new RangeError(
      `createOptimizer: args must have the keys ${argNames.join(", ")} only, got "${key}"${suggestion(key, argNames)}`,
    );
  }
  for (const [key, value] of Object.entries({ weightDecay, momentum })) {
    if (typeof value !== "number") {
      throw new RangeError(`createOptimizer: ${key} must be a number >= 0, got ${value}`);
    }
  }
  const flags = { lr, weightDecay, momentum, eps: optEps, betas: optBetas };
  for (const [key, value] of Object.entries(flags)) {
    if (optKwargs && Object.hasOwn(optKwargs, key) && value !== null && value !== undefined) {
      throw new RangeError(`createOptimizer: optKwargs must not set "${key}" again; leave it out there`);
    }
  }
  return create("createOptimizer", model, {
    opt,
    ...flags,
    filterBiasAndBn,
    layerDecay,
    layerDecayMinScale,
    layerDecayNoOptScale,
    frozen,
    ...optKwargs,
  });
}

const argNames = [
  "opt",
  "lr",
  "weightDecay",
  "momentum",
  "optEps",
  "optBetas",
  "layerDecay",
  "layerDecayMinScale",
  "layerDecayNoOptScale",
  "optKwargs",
];

/**
 * Creates an optimizer over a model, over parameters, or over groups of them.
 *
 * A model is split into groups: by `paramGroupFn`, else by `layerDecay`, else by weight decay. Parameters and
 * groups are taken as they are.
 *
 * @throws RangeError for an unknown optimizer or option, or a value out of range.
 * @example
 * const model = createModel("resnet18", { numClasses: 10 });
 * const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 1e-3, weightDecay: 0.05, betas: [0.9, 0.95] });
 * optimizer.paramGroups.map(({ weightDecay, params }) => [weightDecay, params.length]);
 * // => [[0, 41], [0.05, 21]]
 * @see timm `timm/optim/_optim_factory.py`
 */
export function createOptimizerV2(modelOrParams: OptimizerTarget, options: OptimizerOptions = {}): Optimizer {
  return create("createOptimizerV2", modelOrParams, options);
}

/** Checks of the options that are not the optimizer's own. */
const factoryChecks: OptionChecks<
  Pick<
    OptimizerOptions,
    | "filterBiasAndBn"
    | "layerDecay"
    | "layerDecayMinScale"
    | "layerDecayNoOptScale"
    | "fallbackList"
    | "fallbackNoWeightDecay"
    | "frozen"
    | "paramGroupFn"
  >
> = {
  filterBiasAndBn: boolean,
  layerDecay: orNull(positive),
  layerDecayMinScale: orNull(nonNegative),
  layerDecayNoOptScale: orNull(nonNegative),
  fallbackList: orNull(fallbackChecks.fallbackList),
  fallbackNoWeightDecay: fallbackChecks.fallbackNoWeightDecay,
  frozen: orNull({
    text: "patterns of names, or what freeze returns",
    test: (value) =>
      Array.isArray(value) || (typeof value === "object" && value !== null && "parameters" in value),
  }),
  paramGroupFn: { text: "a function", test: (value) => typeof value === "function" },
};

function create(where: string, target: OptimizerTarget, options: OptimizerOptions): Optimizer {
  checkIsObject(where, options);
  for (const [name, check] of Object.entries(factoryChecks)) {
    if (options[name] !== undefined) checkOption(where, name, options[name], check);
  }
  const {
    opt = "sgd",
    lr,
    weightDecay = 0,
    momentum = 0.9,
    eps,
    betas,
    filterBiasAndBn = true,
    layerDecay,
    layerDecayMinScale,
    layerDecayNoOptScale,
    frozen,
    paramGroupFn,
    ...named
  } = options;
  const { definition, lookahead } = findOptimizer(where, opt);
  const isHybrid = "parameters" in target && Object.hasOwn(definition.defaults, "useFallback");
  const { fallback, own } = fallbackOptions(isHybrid, named);
  const grouping = {
    ...{ weightDecay, filterBiasAndBn, layerDecay, layerDecayMinScale, layerDecayNoOptScale, frozen },
    ...fallback,
  };
  const groups = "parameters" in target ? split(target, grouping, paramGroupFn) : collect(target);
  const shared = Object.entries({ momentum, eps: eps ?? undefined, betas: betas ?? undefined });
  const supported = Object.fromEntries(
    shared.filter(([option]) => Object.hasOwn(definition.defaults, option)),
  );
  const common = { lr: lr ?? undefined, weightDecay, ...supported, ...own };
  const optimizer = new RuleOptimizer(definition, completeGroups(where, definition, groups, common));
  return lookahead ? new Lookahead(optimizer) : optimizer;
}

/** Parts what an optimizer with the option `useFallback` has besides from its own options; else it stays unknown. */
function fallbackOptions(
  isHybrid: boolean,
  { fallbackList, fallbackNoWeightDecay, ...own }: FallbackOptions & Readonly<Record<string, unknown>>,
): { readonly fallback: FallbackOptions; readonly own: Readonly<Record<string, unknown>> } {
  const fallback = { fallbackList: fallbackList ?? undefined, fallbackNoWeightDecay };
  return isHybrid ? { fallback, own } : { fallback: {}, own: { ...own, ...fallback } };
}

function split(
  model: Model,
  options: OptimizerOptions & { readonly weightDecay: number; readonly filterBiasAndBn: boolean },
  paramGroupFn: OptimizerOptions["paramGroupFn"],
): readonly ParamGroupInput[] {
  const { weightDecay, filterBiasAndBn, layerDecay, layerDecayMinScale, layerDecayNoOptScale } = options;
  const { fallbackList, fallbackNoWeightDecay } = options;
  const fallback = { fallbackList, fallbackNoWeightDecay };
  if (paramGroupFn) return paramGroupFn(model);
  const frozen = options.frozen ? frozenOf(model, options.frozen) : null;
  if (typeof layerDecay !== "number")
    return paramGroupsWeightDecay(model, { weightDecay, filterBiasAndBn, frozen, ...fallback });
  return paramGroupsLayerDecay(model, {
    ...{ weightDecay, frozen, ...fallback },
    layerDecay,
    layerDecayMinScale: layerDecayMinScale ?? 0,
    layerDecayNoOptScale: layerDecayNoOptScale ?? 0,
  });
}

function collect(items: readonly (Parameter | ParamGroupInput)[]): ParamGroupInput[] {
  const params: Parameter[] = [];
  const groups: ParamGroupInput[] = [];
  for (const item of items) {
    if (isGroup(item)) groups.push(item);
    else params.push(item);
  }
  return params.length > 0 ? [{ params }, ...groups] : groups;
}

function isGroup(item: Parameter | ParamGroupInput): item is ParamGroupInput {
  return "params" in item;
}
