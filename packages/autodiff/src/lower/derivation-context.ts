import type { Derivation } from "../gradients/derivation.ts";
import { gradientContext } from "../gradients/gradient-context.ts";
import type { GradientContext } from "../gradients/gradient-rule.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/graph.ts";

/** The context in which another rule can yield the gradients of a derivation once more. */
export function derivationContext(
  builder: GraphBuilder,
  node: Node,
  { ofOutputs, ofInputs }: Derivation,
): GradientContext {
  const gradients = ofOutputs.map((name) => (name === "" ? null : builder.value(name)));
  return gradientContext(builder, node, gradients, (index) => (ofInputs[index] ?? "") !== "");
}
