/** Products whose kernel transposes on the fly. */
import { lastTwoSwapped } from "../../graph/arithmetic.ts";
import { float, int, readInts } from "../../graph/attributes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, Node } from "../../graph/graph.ts";

/**
 * Makes a MatMul and the Transposes of the last two axes before it one FusedMatMul.
 *
 * @param isSubject - Nodes to look at.
 */
export function fuseProducts(graph: Graph, isSubject: (node: Node) => boolean): Graph {
  const subjects = graph.nodes.filter(isSubject);
  const rankOf = (name: string | undefined) => graph.values.get(name ?? "")?.shape.length ?? 0;
  const isSwap = ({ op, domain, inputs: [x], attributes }: Node) =>
    op === "Transpose" &&
    domain === "" &&
    rankOf(x) >= 2 &&
    readInts(attributes, "perm", []).join() === lastTwoSwapped(rankOf(x)).join();
  /** Transposed value -> the value itself. */
  const untransposed = new Map(
    subjects.filter(isSwap).map(({ inputs: [x = ""], outputs: [y = ""] }) => [y, x] as const),
  );
  const fused = (node: Node): Node => {
    const isProduct = node.op === "MatMul" && node.domain === "";
    if (!isProduct || !node.inputs.some((name) => untransposed.has(name))) return node;
    const [transA, transB] = node.inputs.map((name) => int(untransposed.has(name) ? 1 : 0));
    const inputs = node.inputs.map((name) => untransposed.get(name) ?? name);
    if (!transA || !transB || inputs.some((name) => rankOf(name) < 2)) return node;
    const attributes = { transA, transB, alpha: float(1) };
    return { ...node, op: "FusedMatMul", domain: "com.microsoft", inputs, attributes };
  };
  const nodes = graph.nodes.map((node) => (isSubject(node) ? fused(node) : node));
  return new GraphBuilder({ ...graph, nodes }).build();
}
