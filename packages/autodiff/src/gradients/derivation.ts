/** A record of which gradients came of which node. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";

/** One differentiated node of a graph; gradients are given by names of values, "" where there is none. */
export interface Derivation {
  /** Name of the node. */
  readonly node: string;
  /** Gradients of the loss by the node's outputs, by position. */
  readonly ofOutputs: readonly string[];
  /**
   * Gradients of the loss by the node's inputs, by position: the share that flows back through this node, before
   * shares of the same value are added up. "" also where none is wanted.
   */
  readonly ofInputs: readonly string[];
}

/**
 * The derivations of which something is left in a graph, under its names.
 *
 * @param graph - Built by `builder`.
 */
export function derivationsIn(
  graph: Graph,
  builder: GraphBuilder,
  derivations: readonly Derivation[],
): readonly Derivation[] {
  const outputNames = builder.outputNames();
  const nameOf = (name: string) => {
    const built = outputNames.get(name) ?? name;
    return graph.values.has(built) ? built : "";
  };
  return derivations
    .map(({ node, ofOutputs, ofInputs }) => ({
      node,
      ofOutputs: ofOutputs.map(nameOf),
      ofInputs: ofInputs.map(nameOf),
    }))
    .filter(({ ofInputs }) => ofInputs.some((name) => name !== ""));
}
