/** Operators that keep weights before them from being trained. */
import { ruleOf } from "../../gradients/index.ts";
import { subgraphTypes } from "../../onnx/attribute-proto.ts";
import { capturedNames } from "../../onnx/captured-names.ts";
import type { GraphProto, NodeProto } from "../../onnx/generated/onnx_pb.ts";
import { nodesBefore } from "../../onnx/graph-from-proto.ts";
import { isUpgraded } from "../../onnx/modern-node.ts";
import type { Obstacle } from "./model-description.ts";

/** Operators whose results carry no gradient and need none: shapes, comparisons, choices. */
const withoutGradient: ReadonlySet<string> = new Set([
  ...["And", "Constant", "ConstantOfShape", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less"],
  ...["LessOrEqual", "Not", "Or", "Range", "Shape", "Size", "Xor"],
]);

const quantized = /^(QLinear|QGemm$|QAttention$|MatMulInteger|ConvInteger|MatMulNBits|DynamicQuantize)/;

/**
 * Nodes without a gradient rule on the way from weights to a value.
 *
 * @param graph - Nodes in execution order.
 * @param weights - Names of the weights.
 */
export function obstaclesOf(
  graph: GraphProto,
  logits: string,
  weights: readonly string[],
): readonly Obstacle[] {
  const isWeight = new Set(weights);
  /** Weights before a value, by its name. */
  const before = new Map(weights.map((name) => [name, new Set([name])]));
  const found = new Map<string, { reason: string; nodes: string[]; weightsBefore: ReadonlySet<string> }>();
  for (const node of nodesBefore(graph, [logits]).nodes) {
    const reads = [...node.input, ...capturedNames(node)];
    const reached = reads.flatMap((name) => before.get(name) ?? []);
    if (reached.length === 0 || withoutGradient.has(node.opType)) continue;
    const [only] = reached;
    // Along a chain it is one set, which grows where weights join.
    const own = reads.filter((name) => isWeight.has(name));
    const all =
      reached.length === 1 && only && own.length === 0 ? only : new Set(reached.flatMap((set) => [...set]));
    for (const name of node.output) before.set(name, all);
    const reason = whyNone(node);
    if (reason === undefined) continue;
    const op = nameOf(node);
    const entry = found.get(op) ?? { reason, nodes: [], weightsBefore: all };
    entry.nodes.push(node.name || (node.output[0] ?? ""));
    found.set(op, entry);
  }
  return [...found].map(([op, { reason, nodes, weightsBefore }]) => ({
    ...{ op, reason, nodes, weightsBefore: [...weightsBefore] },
  }));
}

function whyNone({ opType: op, domain, attribute }: NodeProto): string | undefined {
  if (ruleOf({ op, domain })) return undefined;
  const isMain = domain === "" || domain === "ai.onnx";
  if (attribute.some(({ type }) => subgraphTypes.includes(type)))
    return "branches and loops have no gradient";
  if (quantized.test(op)) return "quantized numbers have no gradient";
  return isMain && isUpgraded(op) ? undefined : "it has no gradient rule";
}

function nameOf({ opType, domain }: NodeProto): string {
  return domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
}
