/** Lowers training graphs for ONNX Runtime's CPU provider. */
import type { GradientRule } from "../gradients/gradient-rule.ts";
import { arithmetic } from "../graph/arithmetic.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";
import { derivationContext } from "./derivation-context.ts";
import { forwardNodes } from "./forward-nodes.ts";
import { batchNormalization } from "./ort-cpu/batch-normalization.ts";
import { convSites, convWays, wayOf } from "./ort-cpu/conv-sites.ts";
import { fuseProducts } from "./ort-cpu/fuse-products.ts";
import { relu } from "./ort-cpu/relu.ts";
import { type ConvValues, convValues } from "./ort-cpu/way.ts";

/** Key of a site -> name of a way; absent: the fixed way. */
export type WayChoices = Readonly<Record<string, string>>;

/** Operator -> rule that its gradients are derived by in place of the formula. */
const tuned: ReadonlyMap<string, GradientRule> = new Map([
  ["BatchNormalization", batchNormalization],
  ["Relu", relu],
]);

/**
 * Puts faster spellings of convolutions, their gradients and those of batch normalization and Relu into a training
 * graph, and products whose kernel transposes on the fly.
 *
 * @throws RangeError for a choice that is no way of its site.
 */
export function ortCpu(step: TrainingGraph, choices: WayChoices = {}): TrainingGraph {
  const builder = new GraphBuilder(step.graph);
  const others = new Map<string, Value>();
  const nodes = new Map(step.graph.nodes.map((node) => [node.name, node]));
  for (const derivation of step.derivations) {
    const node = nodes.get(derivation.node);
    const rule = node?.domain === "" ? tuned.get(node.op) : undefined;
    if (!node || !rule) continue;
    for (const [index, value] of rule(derivationContext(builder, node, derivation)).entries()) {
      const name = derivation.ofInputs[index] ?? "";
      if (value && name !== "") others.set(name, value);
    }
  }
  const valuesOf = new Map<string, ConvValues>();
  for (const site of convSites(step)) {
    const { node, names, shapes } = site;
    const name = choices[site.key] ?? site.way;
    const way = wayOf(site, name);
    // The graph has the formula's.
    if (name === Object.keys(convWays[site.part])[0]) continue;
    const values = valuesOf.get(node) ?? convValues(builder, shapes, names);
    valuesOf.set(node, values);
    const result = way.build(builder, shapes, values);
    const hasBias = site.part === "forward" && names.bias !== "";
    others.set(site.result, hasBias ? withBias(builder, result, names.bias) : result);
  }
  builder.substitute(others);
  const forward = new Set([...forwardNodes(step)].map(({ name }) => name));
  const graph = fuseProducts(builder.build(), ({ name }) => !forward.has(name));
  return { ...step, graph, derivations: [] };
}

function withBias(builder: GraphBuilder, y: Value, bias: string): Value {
  const { add, reshape } = arithmetic(builder);
  return add(y, reshape(builder.value(bias), [y.shape[1] ?? 0, 1, 1]));
}
