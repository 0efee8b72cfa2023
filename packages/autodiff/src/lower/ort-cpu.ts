/** Lowers training graphs for ONNX Runtime's CPU provider. */
import type { GradientRule } from "../gradients/gradient-rule.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";
import { derivationContext } from "./derivation-context.ts";
import { forwardNodes } from "./forward-nodes.ts";
import { hardSigmoid, hardSwish, relu } from "./ort-cpu/activations.ts";
import { batchNormalization } from "./ort-cpu/batch-normalization.ts";
import { type ConvSite, convSites, convWays } from "./ort-cpu/conv-sites.ts";
import { fuseProducts } from "./ort-cpu/fuse-products.ts";
import { siteValue } from "./ort-cpu/site-value.ts";

/** Key of a site -> name of a way; absent: the fixed way. */
export type WayChoices = Readonly<Record<string, string>>;

/** Operator -> rule that its gradients are derived by in place of the formula. */
const tuned: ReadonlyMap<string, GradientRule> = new Map([
  ["BatchNormalization", batchNormalization],
  ["HardSigmoid", hardSigmoid],
  ["HardSwish", hardSwish],
  ["Relu", relu],
]);

/**
 * Puts faster spellings of convolutions, their gradients and those of batch normalization and activations into a
 * training graph, and products whose kernel transposes on the fly.
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
  const columns = new Map<string, Value>();
  for (const site of convSites(step)) {
    const way = chosenWay(site, choices);
    if (way !== formulaWay(site)) others.set(site.result, siteValue(builder, site, way, columns));
  }
  builder.substitute(others);
  const forward = new Set([...forwardNodes(step)].map(({ name }) => name));
  const graph = fuseProducts(builder.build(), ({ name }) => !forward.has(name));
  return { ...step, graph, derivations: [] };
}

function chosenWay({ key, ways, way }: ConvSite, choices: WayChoices): string {
  const chosen = choices[key] ?? way;
  if (ways.includes(chosen)) return chosen;
  throw new RangeError(`lower: choice for "${key}" must be one of ${ways.join(", ")}, got "${chosen}"`);
}

/** The way that the graph has already. */
function formulaWay({ part }: ConvSite): string | undefined {
  return Object.keys(convWays[part])[0];
}
