/** What of a model is trained: what its operators and the user's patterns come to. */

import { namePatterns } from "./name-patterns.ts";
import type { StoredTensor } from "./shared-tensors.ts";
import type { TrainableOptions } from "./trainable-options.ts";

/** Tells tensors that are trained from others. */
export interface Choice {
  /** Whether a pattern of `freeze` holds it. */
  isFrozen(tensor: StoredTensor): boolean;
  /** Whether the patterns leave it to be trained. */
  isChosen(tensor: StoredTensor): boolean;
  /** Whether the tensor of this name is a weight and chosen. */
  isTrained(name: string): boolean;
  /** Why a tensor that has no gradient stays as it is. */
  whyFixed(tensor: StoredTensor): string;
}

/**
 * Applies the patterns of `freeze` and `train` to the tensors of a model.
 *
 * @param others - Names of tensors of other types, such as float16, which patterns of `freeze` may mean.
 * @throws RangeError for a pattern that fits nothing, or a name to train that has no gradient.
 */
export function choose(
  tensors: readonly StoredTensor[],
  others: readonly string[],
  { freeze = [], train }: TrainableOptions,
): Choice {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const names = tensors.map(({ name }) => name);
  const frozen = namePatterns("freeze", freeze, [...new Set([...names, ...others])]);
  const wanted = train && namePatterns("train", train, names);
  const forced = new Set(train?.filter((pattern) => !pattern.includes("*")));
  for (const name of forced) {
    const tensor = byName.get(name);
    const fixed = tensor?.reads.find(({ role }) => role === "statistics" || role === "setting");
    if (!fixed) continue;
    throw new RangeError(
      `trainable: train must name what has a gradient, got "${name}" (${fixed.reason}); leave it out`,
    );
  }
  const isFrozen = (tensor: StoredTensor) => frozen(tensor.name);
  const isChosen = (tensor: StoredTensor) => !isFrozen(tensor) && (!wanted || wanted(tensor.name));
  const isWeight = (tensor: StoredTensor) => tensor.role === "weight" || forced.has(tensor.name);
  return {
    isFrozen,
    isChosen,
    isTrained(name: string): boolean {
      const tensor = byName.get(name);
      return tensor !== undefined && isWeight(tensor) && isChosen(tensor);
    },
    whyFixed(tensor: StoredTensor): string {
      if (!isWeight(tensor)) return tensor.reason;
      if (isFrozen(tensor)) return "frozen";
      return isChosen(tensor)
        ? "does not lead to the logits by operators with a gradient"
        : "not to be trained";
    },
  };
}
