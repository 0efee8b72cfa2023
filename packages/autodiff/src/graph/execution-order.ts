import type { Node } from "./graph.ts";

/** The same nodes, each after those that compute its inputs; otherwise the order stays. The graph has no cycle. */
export function inExecutionOrder(nodes: readonly Node[]): Node[] {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const ordered = new Set<Node>();
  for (const first of nodes) {
    const waiting = [first];
    for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
      const missing = node.inputs
        .map((input) => (input === "" ? undefined : producers.get(input)))
        .find((producer) => producer !== undefined && !ordered.has(producer));
      if (missing) waiting.push(missing);
      else {
        ordered.add(node);
        waiting.pop();
      }
    }
  }
  return [...ordered];
}
