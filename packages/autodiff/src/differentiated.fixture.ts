/** Graphs of one value and its gradients, for tests of rules. */
import { backward } from "./gradients/backward.ts";
import { derivationsIn } from "./gradients/derivation.ts";
import type { GraphBuilder } from "./graph/builder.ts";
import type { Value } from "./graph/graph.ts";
import type { TrainingGraph } from "./training-graph.ts";

/**
 * Outputs `y` and `d_<name>` for each wanted value that it depends on, as a training step whose loss is y.
 *
 * @param upstream - Gradient by y.
 */
export function differentiated(
  builder: GraphBuilder,
  y: Value,
  upstream: Value,
  wanted: readonly string[],
): TrainingGraph {
  const { gradients, derivations } = backward(builder, y, upstream, wanted);
  builder.output(y, "y");
  for (const [name, gradient] of gradients) builder.output(gradient, `d_${name}`);
  for (const { name, attributes, outputs } of builder.nodes) {
    if (!("training_mode" in attributes) || !outputs[1]) continue;
    // As in trainingGraph: ONNX Runtime writes statistics that are no outputs over the node's constant inputs.
    builder.output(builder.optionalOutput(name, 1), `${name}.mean`);
    builder.output(builder.optionalOutput(name, 2), `${name}.variance`);
  }
  const graph = builder.build();
  return {
    graph,
    target: "",
    loss: "y",
    logits: "y",
    gradients: new Map([...gradients.keys()].map((name) => [name, `d_${name}`])),
    batchStatistics: [],
    derivations: derivationsIn(graph, builder, derivations),
  };
}
