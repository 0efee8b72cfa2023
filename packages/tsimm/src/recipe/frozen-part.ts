/** The part of a run's model that is not trained. */
import { type Frozen, freeze } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";

/**
 * What `--freeze` and `--head-only` freeze.
 *
 * @returns null: nothing.
 * @throws UsageError for a pattern that matches nothing, or flags that exclude each other.
 */
export function frozenByFlags(args: TrainArguments, model: Model): Frozen | null {
  const { freeze: patterns, headOnly, unfreezeAt } = args;
  if (unfreezeAt !== null && headOnly) {
    throw new UsageError(
      `train: --unfreeze-at must be left out with --head-only, got ${unfreezeAt}; pass --freeze backbone in place of --head-only`,
    );
  }
  if (unfreezeAt !== null && patterns === null) {
    throw new UsageError(
      `train: --unfreeze-at must come with --freeze, got ${unfreezeAt} alone; pass --freeze backbone too`,
    );
  }
  if (headOnly) return frozenForHead(args, model);
  return patterns === null ? null : fromFlags("train", args, () => freeze(model, patterns));
}

/** `--freeze` beside `--head-only` may only say the same. */
function frozenForHead({ freeze: patterns, model: name }: TrainArguments, model: Model): Frozen {
  if (model.getClassifier().length === 0) {
    throw new UsageError(`train: --head-only must be left out for a model without a classifier, got ${name}`);
  }
  if (patterns !== null && patterns.join() !== "backbone") {
    throw new UsageError(
      `train: --freeze must be backbone with --head-only, got ${patterns.join(" ")}; leave one of them out`,
    );
  }
  return freeze(model, ["backbone"]);
}

/** Parameters that the optimizer leaves out from beginning to end. */
export function neverTrained({ unfreezeAt }: TrainArguments, frozen: Frozen | null): Frozen | null {
  return unfreezeAt === null ? frozen : null;
}

/**
 * What is frozen when the run begins: by `--freeze`, and what `--layer-decay-no-opt-scale` leaves to no optimizer. The
 * batch normalizations of the latter go on as in timm.
 */
export function frozenPart(
  { layerDecay, layerDecayNoOptScale }: TrainArguments,
  model: Model,
  frozen: Frozen | null,
  optimizer: Optimizer,
): Frozen | null {
  if (layerDecay === null || layerDecayNoOptScale === null) return frozen;
  const held = new Set(optimizer.paramGroups.flatMap(({ params }) => params));
  const left = model.parameters.filter((parameter) => !held.has(parameter)).map(({ name }) => name);
  if (left.length === 0) return frozen;
  return {
    parameters: new Set([...(frozen?.parameters ?? []), ...left]),
    batchNormalizations: frozen?.batchNormalizations ?? new Set(),
  };
}

/** Says what is frozen, and until when. */
export function logFrozen(
  { unfreezeAt, epochs }: TrainArguments,
  model: Model,
  frozen: Frozen | null,
  { info, warn }: Log,
): void {
  if (frozen === null) return;
  const { parameters, batchNormalizations } = frozen;
  const elements = (named: (name: string) => boolean) =>
    model.parameters.reduce((sum, { name, data }) => sum + (named(name) ? data.length : 0), 0);
  const share = `${elements((name) => parameters.has(name))} of ${elements(() => true)}`;
  const norms = batchNormalizations.size;
  const statistics =
    norms === 0 ? "" : `; ${norms} batch normalization${norms === 1 ? "" : "s"} by running statistics`;
  const until = unfreezeAt === null ? "" : `; everything trains from epoch ${unfreezeAt} on`;
  info(`Frozen: ${share} parameters${statistics}${until}`);
  if (unfreezeAt !== null && unfreezeAt >= epochs) {
    warn(`--unfreeze-at ${unfreezeAt} has no effect in ${epochs} epochs, the first of which is 0`);
  }
}
