import { refusal } from "../errors.ts";
import type { OptimizerLike } from "../param-groups.ts";

/** An optimizer has one group, so that its base rate outlasts the scheduler that wrote it. */
const wrapped = new WeakMap<object, OptimizerLike>();

interface TfjsOptimizer {
  learningRate: number;
  setLearningRate?: (learningRate: number) => void;
}

/**
 * Lets a scheduler drive an optimizer of TensorFlow.js, which is not imported: one group, whose `lr` is the
 * optimizer's learning rate.
 *
 * @param optimizer - Has a numeric `learningRate` (`tf.train.adam(…)` and its kin read it at every update);
 * where it has `setLearningRate` too (`sgd`, `momentum`), rates go there.
 * @returns The same object for the same optimizer: a second scheduler starts from the first one's base.
 * @throws TypeError if there is no numeric `learningRate` that can be set.
 * @example
 * const adam = { learningRate: 0.1 }; // or tf.train.adam(0.1)
 * const scheduler = new StepLRScheduler(fromTfjs(adam), { decayT: 2, decayRate: 0.5 });
 * scheduler.step(2);
 * adam.learningRate; // => 0.05
 * @see TensorFlow.js `tfjs-core/src/optimizers`
 */
export function fromTfjs(optimizer: object): OptimizerLike {
  if (!isTfjsOptimizer(optimizer)) {
    const allowed = "an optimizer with a numeric learningRate that can be set";
    throw new TypeError(refusal("fromTfjs", "optimizer", allowed, optimizer));
  }
  const known = wrapped.get(optimizer);
  if (known) return known;
  const group = {
    get lr(): number {
      return optimizer.learningRate;
    },
    set lr(learningRate: number) {
      if (optimizer.setLearningRate) optimizer.setLearningRate(learningRate);
      else optimizer.learningRate = learningRate;
    },
  };
  const result = { paramGroups: [group] };
  wrapped.set(optimizer, result);
  return result;
}

function isTfjsOptimizer(value: object): value is TfjsOptimizer {
  if (typeof value !== "object" || value === null || !("learningRate" in value)) return false;
  const setter = "setLearningRate" in value ? value.setLearningRate : undefined;
  if (typeof value.learningRate !== "number") return false;
  // Setting what is there already tells whether it can be set.
  return setter === undefined
    ? Reflect.set(value, "learningRate", value.learningRate)
    : typeof setter === "function";
}
