/** BatchNormalization nodes of a model: which use the running statistics, and where these lie in the file. */
import { float, int } from "../graph/attributes.ts";
import type { Node } from "../graph/graph.ts";
import type { GraphProto } from "../onnx/generated/onnx_pb.ts";
import type { Choice } from "./choice.ts";
import type { StoredTensor } from "./shared-tensors.ts";

/** What a BatchNormalization reads: x, scale, bias, mean, variance. */
interface Reader {
  readonly inputs: readonly string[];
}

/** Answers about the batch normalizations of a model. */
export interface BatchNormalizations {
  /** Whether it stays as in evaluation, since its statistics, or its scale and bias, are not to change. */
  isHeld(node: Reader): boolean;
  /** Names of the tensors of mean and variance. */
  statisticsOf(node: Reader): readonly string[];
}

/** Looks at batch normalizations by the names of the file, also where Identity nodes give others. */
export function batchNormalizations(
  graph: GraphProto,
  tensors: ReadonlyMap<string, StoredTensor>,
  choice: Choice,
): BatchNormalizations {
  const originOf = identities(graph);
  const originsOf = (names: readonly string[]) => names.map((name) => originOf.get(name) ?? name);
  return {
    isHeld({ inputs: [, ...names] }) {
      const given = originsOf(names).map((name) => tensors.get(name));
      const [affine, statistics] = [given.slice(0, 2), given.slice(2)];
      const excluded = affine.flatMap((tensor) => (tensor ? [!choice.isChosen(tensor)] : []));
      const wholly = excluded.length > 0 && excluded.every(Boolean);
      return wholly || statistics.some((tensor) => tensor !== undefined && choice.isFrozen(tensor));
    },
    statisticsOf: ({ inputs }) => originsOf(inputs.slice(3)),
  };
}

/** The node as it runs in a training step. */
export function inMode(node: Node, mode: "frozen" | "train"): Node {
  const { epsilon } = node.attributes;
  const attributes = {
    ...(epsilon && { epsilon }),
    // With momentum 0 the operator's running statistics are those of the batch.
    ...(mode === "train" && { training_mode: int(1), momentum: float(0) }),
  };
  return { ...node, outputs: node.outputs.slice(0, 1), attributes };
}

/** Names that Identity nodes give tensors -> the tensor's own. */
function identities({ node, initializer }: GraphProto): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const stored = new Set(initializer.map(({ name }) => name));
  for (const { opType, input, output } of node) {
    const [from = ""] = input;
    if (opType === "Constant") stored.add(output[0] ?? "");
    const origin = origins.get(from) ?? (stored.has(from) ? from : undefined);
    if (opType === "Identity" && origin !== undefined) origins.set(output[0] ?? "", origin);
  }
  return origins;
}
