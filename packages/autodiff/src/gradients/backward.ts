/** The chain rule: from the gradient of one value to those of the values it was computed from. */
import { arithmetic } from "../graph/arithmetic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node, Value } from "../graph/graph.ts";
import { describe, formatShape } from "../graph/shapes/shape-rule.ts";
import type { Derivation } from "./derivation.ts";
import { gradientContext } from "./gradient-context.ts";
import { ruleOf } from "./index.ts";

/** Result of {@link backward}. */
export interface Backward {
  /** The gradient of each wanted value that the differentiated one depends on, by name. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** One entry per differentiated node, from the last to the first. */
  readonly derivations: readonly Derivation[];
}

/**
 * Extends a graph by the gradients of `wanted`.
 *
 * Only nodes between a wanted value and `value` are differentiated: what lies before a frozen part needs no rule.
 *
 * @param value - What is differentiated.
 * @param gradient - Gradient of the loss by `value`, of its shape.
 * @param wanted - Names of values, usually parameters.
 * @throws RangeError if a node on the way has no gradient rule.
 */
export function backward(
  builder: GraphBuilder,
  value: Value,
  gradient: Value,
  wanted: readonly string[],
): Backward {
  const math = arithmetic(builder);
  const nodes = builder.nodes;
  const differentiable = dependents(nodes, wanted);
  const gradients = new Map([[value.name, gradient]]);
  const derivations: Derivation[] = [];
  for (const node of nodes.toReversed()) {
    const ofOutputs = node.outputs.map((name) => gradients.get(name) ?? null);
    if (ofOutputs.every((given) => given === null)) continue;
    if (!node.inputs.some((name) => differentiable.has(name))) continue;
    const yielded = inputGradients(builder, node, ofOutputs, differentiable);
    const ofInputs = node.inputs.map((name, index) =>
      differentiable.has(name) ? (yielded[index] ?? null) : null,
    );
    derivations.push({ node: node.name, ofOutputs: ofOutputs.map(nameOf), ofInputs: ofInputs.map(nameOf) });
    for (const [index, ofInput] of ofInputs.entries()) {
      if (!ofInput) continue;
      const name = node.inputs[index] ?? "";
      checkShapeOf(node, index, ofInput, builder.value(name));
      const others = gradients.get(name);
      gradients.set(name, others ? math.add(others, ofInput) : ofInput);
    }
  }
  const found = wanted.flatMap((name) => {
    const ofWanted = gradients.get(name);
    return ofWanted ? [[name, ofWanted] as const] : [];
  });
  return { gradients: new Map(found), derivations };
}

function nameOf(value: Value | null): string {
  return value?.name ?? "";
}

function checkShapeOf(node: Node, index: number, gradient: Value, input: Value): void {
  if (gradient.shape.join() === input.shape.join()) return;
  throw new RangeError(
    `${describe(node)}: the rule's gradient of input ${index} must have its shape ${formatShape(input.shape)}, got ${formatShape(gradient.shape)}; where an input was broadcast, use sumTo`,
  );
}

/** The wanted values and everything computed from them. */
function dependents(nodes: readonly Node[], wanted: readonly string[]): ReadonlySet<string> {
  const reached = new Set(wanted);
  for (const node of nodes) {
    if (!node.inputs.some((name) => reached.has(name))) continue;
    for (const name of node.outputs) if (name !== "") reached.add(name);
  }
  return reached;
}

function inputGradients(
  builder: GraphBuilder,
  node: Node,
  gradients: readonly (Value | null)[],
  differentiable: ReadonlySet<string>,
): readonly (Value | null)[] {
  const rule = ruleOf(node);
  if (!rule) {
    throw new RangeError(
      `trainingGraph: every operator on the way to the loss must have a gradient rule, got ${node.op} at node "${node.name}"; freeze what lies before it or add a rule`,
    );
  }
  if (rule.gradient === "none") return [];
  if (!rule.ofAllOutputs) {
    const other = gradients.findIndex((given, index) => index > 0 && given !== null);
    if (other > 0) {
      throw new RangeError(
        `${node.op} "${node.name}": only output 0 must lead to the loss, got output ${other}; freeze what lies before it`,
      );
    }
  }
  return rule.gradient(
    gradientContext(builder, node, gradients, (index) => differentiable.has(node.inputs[index] ?? "")),
  );
}
