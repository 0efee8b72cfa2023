/** What a gradient rule is given. */
import { arithmetic } from "../graph/arithmetic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node, Value } from "../graph/graph.ts";
import type { GradientContext } from "./gradient-rule.ts";

/**
 * The context in which a rule yields the gradients of a node's inputs.
 *
 * @param gradients - Gradients by the node's outputs; null: the loss does not depend on it.
 * @param wants - Whether the gradient of an input is wanted, by its position.
 */
export function gradientContext(
  builder: GraphBuilder,
  node: Node,
  gradients: readonly (Value | null)[],
  wants: (index: number) => boolean,
): GradientContext {
  const math = arithmetic(builder);
  const named = (name: string) => (name === "" ? null : builder.value(name));
  const inputs = node.inputs.map(named);
  const outputs = node.outputs.map(named);
  return {
    op: node.op,
    name: node.name,
    attributes: node.attributes,
    inputs,
    outputs,
    output: builder.value(node.outputs[0] ?? ""),
    gradients,
    gradient: gradients[0] ?? math.expand(math.constant(0), outputs[0]?.shape ?? []),
    wants,
    builder,
    math,
    input(index) {
      const value = inputs[index];
      if (!value) throw new RangeError(`${node.op} "${node.name}": input ${index} must be given, got none`);
      return value;
    },
  };
}
