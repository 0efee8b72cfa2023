/** Optimizers that run on a device: those with a graph. */
import type { Parameter } from "../models/model.ts";
import { Lookahead, slowSlot } from "./lookahead.ts";
import { lookaheadDefinition } from "./lookahead-graph.ts";
import type { Optimizer, ParamGroup } from "./optimizer.ts";
import type { OptimizerDefinition, OptimizerSlots } from "./optimizer-definition.ts";
import { optimizerDefinitions } from "./optimizers.ts";
import { RuleOptimizer } from "./rule-optimizer.ts";

/** An optimizer as what makes its updates on a device sees it. */
export interface OptimizerOnDevice {
  /** With a graph. */
  readonly definition: OptimizerDefinition;
  readonly paramGroups: readonly ParamGroup[];
  /** Updates that are counted. */
  readonly steps: number;
  /** Slots of a parameter of a group, made if there are none yet; an update changes their elements. */
  slotsOf(parameter: Parameter, group: ParamGroup): OptimizerSlots;
  /** Updates before the first one of a parameter of a group. */
  joinedAt(parameter: Parameter, group: ParamGroup): number;
  /** Counts an update, with whose results weights and slots have been filled. */
  countStep(): void;
}

/** Names of the optimizers whose definition has a graph, in alphabetical order. */
export function optimizerGraphNames(): string[] {
  return optimizerDefinitions()
    .filter(({ graph }) => graph !== undefined)
    .map(({ name }) => name);
}

/** Whether an optimizer runs on a device. */
export function hasGraph(optimizer: Optimizer): boolean {
  return ruleWithGraph(optimizer) !== null;
}

/** The rule of an optimizer, of Lookahead that inside it, where it has a graph. */
function ruleWithGraph(optimizer: Optimizer): RuleWithGraph | null {
  const rule = optimizer instanceof Lookahead ? optimizer.inner : optimizer;
  if (!(rule instanceof RuleOptimizer)) return null;
  const { graph } = rule.definition;
  return graph === undefined ? null : { rule, graph };
}

interface RuleWithGraph {
  readonly rule: OptimizerOnDevice;
  readonly graph: NonNullable<OptimizerDefinition["graph"]>;
}

/**
 * An optimizer as what runs on a device.
 *
 * @param where - Function named in the error.
 * @throws RangeError that names those that do, if it does not.
 */
export function optimizerOnDevice(where: string, optimizer: Optimizer): OptimizerOnDevice {
  const found = ruleWithGraph(optimizer);
  if (found === null) {
    throw new RangeError(
      `${where}: optimizer must have a graph to run on a device, got "${optimizer.name}" without; ` +
        `take one of ${optimizerGraphNames().join(", ")}, or --engine native`,
    );
  }
  const { rule, graph } = found;
  return optimizer instanceof Lookahead ? lookaheadOnDevice(optimizer, rule, graph) : rule;
}

function lookaheadOnDevice(
  lookahead: Lookahead,
  inner: OptimizerOnDevice,
  graph: RuleWithGraph["graph"],
): OptimizerOnDevice {
  return {
    definition: lookaheadDefinition(lookahead, inner.definition, graph),
    paramGroups: inner.paramGroups,
    get steps() {
      return inner.steps;
    },
    slotsOf: (parameter, group) => ({
      ...inner.slotsOf(parameter, group),
      [slowSlot]: lookahead.slowOf(parameter),
    }),
    joinedAt: (parameter, group) => inner.joinedAt(parameter, group),
    countStep() {
      inner.countStep();
      lookahead.countStep();
    },
  };
}
