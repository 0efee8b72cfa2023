/** What stays frozen when the rest is not any more. */
import type { Frozen } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import type { Optimizer } from "../optim/optimizer.ts";

/**
 * The frozen parameters that the optimizer does not hold.
 *
 * @returns null: there are none.
 */
export function stillFrozen(
  model: Model,
  frozen: Frozen,
  optimizer: Pick<Optimizer, "paramGroups">,
): Frozen | null {
  const held = new Set(optimizer.paramGroups.flatMap(({ params }) => params.map(({ name }) => name)));
  const parameters = new Set([...frozen.parameters].filter((name) => !held.has(name)));
  if (parameters.size === 0) return null;
  const batchNormalizations = [...frozen.batchNormalizations].filter((module) => {
    const own = model.parameters.filter(({ name }) => name.startsWith(`${module}.`));
    return own.length > 0 && own.every(({ name }) => parameters.has(name));
  });
  return { parameters, batchNormalizations: new Set(batchNormalizations) };
}
