/** The optimizer and clipping of an updater, checked. */
import type { Model } from "../models/model.ts";
import type { ClipMode } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";

/** What is done with gradients. */
export interface UpdateRuleOptions {
  /** Over the model's parameters. */
  readonly optimizer: Optimizer;
  /** Bound of the gradients, > 0; absent: none. */
  readonly clipGrad?: number | null | undefined;
  /** Quantity that `clipGrad` bounds; absent: the norm of all gradients together. */
  readonly clipMode?: ClipMode | undefined;
}

/**
 * Checks what `createUpdater` does with the gradients of a model.
 *
 * @throws RangeError for an optimizer of another model, or a bound out of range.
 */
export function checkedRule(
  { name, parameters }: Pick<Model, "name" | "parameters">,
  { optimizer, clipGrad = null, clipMode = "norm" }: UpdateRuleOptions,
): { readonly optimizer: Optimizer; readonly clipGrad: number | null; readonly clipMode: ClipMode } {
  const own = new Set(parameters);
  for (const { params } of optimizer.paramGroups) {
    const foreign = params.find((parameter) => !own.has(parameter));
    if (foreign === undefined) continue;
    throw new RangeError(
      `createUpdater: optimizer must be over parameters of the model ${name}, got "${foreign.name}" of another; create it from this model`,
    );
  }
  if (clipGrad !== null && !(typeof clipGrad === "number" && clipGrad > 0)) {
    throw new RangeError(`createUpdater: clipGrad must be a number > 0, got ${clipGrad}`);
  }
  return { optimizer, clipGrad, clipMode };
}
