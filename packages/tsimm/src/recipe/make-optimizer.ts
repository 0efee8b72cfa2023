/** The optimizer of a run, and the moving average of its weights. */
import type { Frozen } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { OptimizerDefinition } from "../optim/optimizer-definition.ts";
import { findOptimizer } from "../optim/optimizers.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";
import { withOptKwargs } from "./opt-kwargs.ts";

/**
 * Creates the optimizer that the arguments name, and says with which options.
 *
 * @param lr - Base learning rate.
 * @param frozen - Part of the model that it leaves out; null: none.
 */
export function makeOptimizer(
  given: TrainArguments,
  lr: number,
  { model, frozen }: { readonly model: Model; readonly frozen: Frozen | null },
  { info }: Log,
): Optimizer {
  const { definition } = fromFlags("train", given, () => findOptimizer("createOptimizer", given.opt));
  const { args, options: kwargs } = withOptKwargs(given, definition);
  const { opt, weightDecay, momentum, optEps, optBetas } = args;
  const { layerDecay, layerDecayMinScale, layerDecayNoOptScale } = args;
  const layers = { layerDecay, layerDecayMinScale, layerDecayNoOptScale };
  const flags = { opt, lr, weightDecay, momentum, optEps, optBetas, ...layers };
  const optKwargs = { ...ownOptions(definition, args), ...kwargs };
  const optimizer = fromFlags("train", args, () =>
    createOptimizer({ ...flags, optKwargs }, model, true, frozen),
  );
  const [group] = optimizer.paramGroups;
  const {
    params: _params,
    initialLr: _initialLr,
    weightDecay: _groupDecay,
    ...options
  } = group ?? { params: [] };
  const shown = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  info(`Created ${optimizer.name} optimizer: ${shown.join(", ")}, weightDecay: ${weightDecay}`);
  return optimizer;
}

/** Options of the optimizer that have a flag of their own; null counts as not given. */
function ownOptions({ flags = {} }: OptimizerDefinition, args: TrainArguments): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = { ...args };
  const options = Object.keys(flags).map((option) => [option, given[option] ?? null] as const);
  return Object.fromEntries(options.filter(([, value]) => value !== null));
}

/** The moving average that the arguments ask for; null: none. */
export function makeAverage(args: TrainArguments, model: Model): ModelEma | null {
  if (!args.modelEma) return null;
  const options = { decay: args.modelEmaDecay, warmup: args.modelEmaWarmup };
  return fromFlags("train", args, () => new ModelEma(model, options));
}
