/** The activation in which a classifier ends, which the loss contains already. */
import type { GraphProto, NodeProto } from "../onnx/generated/onnx_pb.ts";

/** What turns logits into probabilities. */
export const activations: readonly string[] = ["Softmax", "LogSoftmax", "Sigmoid"];

/** Operators that leave what an activation yields what it is, in another form. */
const forms: readonly string[] = [
  ...["Cast", "Clip", "Dropout", "Expand", "Flatten", "Identity", "Reshape", "Slice", "Squeeze"],
  ...["Transpose", "Unsqueeze"],
  // log softmax(z), exp log_softmax(z)
  ...["Exp", "Log"],
];

/** The activation from which a value comes, directly or through a change of form; undefined: there is none. */
function finalActivation({ node }: GraphProto, value: string): NodeProto | undefined {
  const producers = new Map(node.flatMap((given) => given.output.map((name) => [name, given] as const)));
  const seen = new Set<NodeProto>();
  for (let last = producers.get(value); last && !seen.has(last); last = producers.get(last.input[0] ?? "")) {
    if (activations.includes(last.opType)) return last;
    if (!forms.includes(last.opType)) return undefined;
    seen.add(last);
  }
  return undefined;
}

/** What a loss over classes reads: what enters a final activation, else the value itself. */
export function suggestedLogits(graph: GraphProto, from: string = graph.output[0]?.name ?? ""): string {
  return finalActivation(graph, from)?.input[0] ?? from;
}

/**
 * Checks that a loss which contains the activation of a classifier does not read what it yields.
 *
 * @throws RangeError with the value to read instead.
 */
export function checkNoActivation(graph: GraphProto, logits: string): void {
  const last = finalActivation(graph, logits);
  if (!last) return;
  throw new RangeError(
    `trainable: logits must be given for a model that ends in ${last.opType} "${last.name}", since the loss contains it; pass "${last.input[0]}"`,
  );
}
