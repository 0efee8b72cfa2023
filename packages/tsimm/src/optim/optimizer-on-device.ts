/** Optimizers that run on a device: those with a graph. */
import type { Optimizer } from "./optimizer.ts";
import type { OptimizerOwnOptions, OptimizerSlots } from "./optimizer-definition.ts";
import { optimizerDefinitions } from "./optimizers.ts";
import { RuleOptimizer } from "./rule-optimizer.ts";

/** Names of the optimizers whose definition has a graph, in alphabetical order. */
export function optimizerGraphNames(): string[] {
  return optimizerDefinitions()
    .filter(({ graph }) => graph !== undefined)
    .map(({ name }) => name);
}

/** Whether an optimizer runs on a device. */
export function hasGraph(
  optimizer: Optimizer,
): optimizer is RuleOptimizer<OptimizerOwnOptions, OptimizerSlots> {
  return optimizer instanceof RuleOptimizer && optimizer.definition.graph !== undefined;
}

/**
 * An optimizer as what runs on a device.
 *
 * @param where - Function named in the error.
 * @throws RangeError that names those that do, if it does not.
 */
export function optimizerOnDevice(
  where: string,
  optimizer: Optimizer,
): RuleOptimizer<OptimizerOwnOptions, OptimizerSlots> {
  if (hasGraph(optimizer)) return optimizer;
  throw new RangeError(
    `${where}: optimizer must have a graph to run on a device, got "${optimizer.name}" without; ` +
      `take one of ${optimizerGraphNames().join(", ")}, or --engine native`,
  );
}
