import type { Graph, Node } from "../graph/graph.ts";

/**
 * Swaps a Relu and the MaxPool that alone reads it: the maximum of rectified pixels is the rectified maximum.
 *
 * The Relu and its gradient then run over the pool's output, a quarter of the pixels or less.
 */
export function poolBeforeRelu(graph: Graph): Graph {
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const kept = new Set(graph.outputs.map((value) => value.name));
  const readers = new Map<string, number>();
  for (const input of graph.nodes.flatMap((node) => node.inputs)) {
    readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  const values = new Map(graph.values);
  /** The Relu before a MaxPool -> the MaxPool. */
  const pools = new Map<Node, Node>();
  for (const pool of graph.nodes) {
    const [between = ""] = pool.inputs;
    const relu = makers.get(between);
    const swaps =
      pool.op === "MaxPool" && pool.outputs.length === 1 && relu?.op === "Relu" && readers.get(between) === 1;
    const pooled = values.get(pool.outputs[0] ?? "");
    if (!swaps || kept.has(between) || !pooled) continue;
    pools.set(relu, pool);
    values.set(between, { ...pooled, name: between });
  }
  const relus = new Map([...pools].map(([relu, pool]) => [pool, relu]));
  const nodes = graph.nodes.flatMap((node) => {
    if (pools.has(node)) return [];
    const relu = relus.get(node);
    if (!relu) return [node];
    return [
      { ...node, inputs: relu.inputs, outputs: relu.outputs },
      { ...relu, inputs: relu.outputs, outputs: node.outputs },
    ];
  });
  return { ...graph, nodes, values };
}
