/** The optimizer of a run, and the moving average of its weights. */
import type { Model } from "../models/model.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";

/**
 * Creates the optimizer that the arguments name, and says with which options.
 *
 * @param lr - Base learning rate.
 */
export function makeOptimizer(args: TrainArguments, lr: number, model: Model, { info }: Log): Optimizer {
  const { opt, weightDecay, momentum, optEps, optBetas } = args;
  const { layerDecay, layerDecayMinScale, layerDecayNoOptScale } = args;
  const layers = { layerDecay, layerDecayMinScale, layerDecayNoOptScale };
  const flags = { opt, lr, weightDecay, momentum, optEps, optBetas, ...layers };
  const optimizer = fromFlags("train", args, () => createOptimizer(flags, model));
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

/** The moving average that the arguments ask for; null: none. */
export function makeAverage(args: TrainArguments, model: Model): ModelEma | null {
  if (!args.modelEma) return null;
  const options = { decay: args.modelEmaDecay, warmup: args.modelEmaWarmup };
  return fromFlags("train", args, () => new ModelEma(model, options));
}
