/** The order in which a graph's nodes can run. */

/** What a node reads and writes: names, "" for an absent optional one. */
export interface Wiring {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The same nodes, each after those that compute its inputs; otherwise the order stays.
 *
 * @param wiring - Absent: the node's own `inputs` and `outputs`.
 * @returns The order given where nodes lie on a cycle.
 */
export function inExecutionOrder<T extends Wiring>(nodes: readonly T[]): T[];
export function inExecutionOrder<T>(nodes: readonly T[], wiring: (node: T) => Wiring): T[];
export function inExecutionOrder<T extends Wiring>(
  nodes: readonly T[],
  wiring: (node: T) => Wiring = (node) => node,
): T[] {
  const producers = new Map(
    nodes.flatMap((node) => wiring(node).outputs.map((name) => [name, node] as const)),
  );
  producers.delete("");
  const entered = new Set<T>();
  const ordered = new Set<T>();
  const enter = (node: T) => {
    entered.add(node);
    return { node, inputs: wiring(node).inputs.values() };
  };
  for (const first of nodes) {
    if (ordered.has(first)) continue;
    const waiting = [enter(first)];
    for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
      const next = last.inputs.next();
      if (next.done) {
        ordered.add(last.node);
        waiting.pop();
        continue;
      }
      const producer = producers.get(next.value);
      if (producer === undefined || ordered.has(producer)) continue;
      if (entered.has(producer)) return [...nodes];
      waiting.push(enter(producer));
    }
  }
  return [...ordered];
}
