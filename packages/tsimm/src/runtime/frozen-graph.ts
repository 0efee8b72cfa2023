/** A training graph's forward pass in which a part of the model is constant. */
import { type Graph, type Node, readInt, type Tensor, type Value } from "@tsimm/autodiff";
import type { Frozen } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";

/**
 * Makes frozen parameters constants of a forward graph, and lets frozen batch normalizations use their running
 * statistics.
 *
 * An engine folds what depends on constants alone, and computes all before the first trained tensor as an evaluation
 * does.
 *
 * @param forward - Of the model in training.
 * @returns The graph, whose constants are the model's arrays: they must not change as long as it is used.
 */
export function freezeGraph(forward: Graph, model: Model, frozen: Frozen): Graph {
  const constants = new Map<string, Tensor>();
  const inputs = new Set(forward.inputs.map(({ name }) => name));
  for (const { name, shape, data } of model.parameters) {
    if (frozen.parameters.has(name) && inputs.has(name)) {
      constants.set(name, { dtype: "float32", shape, data });
    }
  }
  const normalizations = new Map(model.batchNormalizations.map((state) => [state.module, state]));
  const nodes = forward.nodes.map((node) => {
    const state = normalizations.get(node.name);
    const isFrozen = state !== undefined && frozen.batchNormalizations.has(node.name);
    if (!isFrozen || node.op !== "BatchNormalization") return node;
    if (readInt(node.attributes, "training_mode", 0) === 0) return node;
    const statistics = [
      [`${state.module}.running_mean`, state.runningMean],
      [`${state.module}.running_var`, state.runningVar],
    ] as const;
    for (const [name, data] of statistics) {
      constants.set(name, { dtype: "float32", shape: [data.length], data });
    }
    return byRunningStatistics(
      node,
      statistics.map(([name]) => name),
    );
  });
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const initializers = new Map(
    [...forward.initializers, ...constants].filter(([name]) => used.has(name) || constants.has(name)),
  );
  const left = forward.inputs.filter(({ name }) => !constants.has(name));
  const known = new Set([...left.map(({ name }) => name), ...initializers.keys(), ...made]);
  const values = new Map<string, Value>([...forward.values].filter(([name]) => known.has(name)));
  for (const [name, { dtype, shape }] of constants) values.set(name, { name, dtype, shape });
  return { ...forward, inputs: left, nodes, initializers, values };
}

/** A batch normalization as in evaluation. */
function byRunningStatistics(node: Node, statistics: readonly string[]): Node {
  const { training_mode: _mode, momentum: _momentum, ...attributes } = node.attributes;
  return {
    ...node,
    inputs: [...node.inputs.slice(0, 3), ...statistics],
    outputs: node.outputs.slice(0, 1),
    attributes,
  };
}
