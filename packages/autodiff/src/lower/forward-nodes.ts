import type { Node } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";

/** The nodes that loss and logits are computed by, in the order of the graph; all others serve gradients. */
export function forwardNodes({ graph, loss, logits }: TrainingGraph): ReadonlySet<Node> {
  const needed = new Set([loss, logits]);
  const found = new Set<Node>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    found.add(node);
    for (const name of node.inputs) needed.add(name);
  }
  return new Set([...found].reverse());
}
