/** Batch normalizations in training mode, each with constants of its own. */
import { readFloat, readInt } from "./attributes.ts";
import type { Node, Tensor } from "./graph.ts";
import { float32 } from "./tensor.ts";

/** A graph's nodes and constants. */
interface Parts {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** Inputs of BatchNormalization that hold the running statistics. */
const statistics: ReadonlyMap<number, string> = new Map([
  [3, "mean_before"],
  [4, "variance_before"],
]);

/**
 * Gives each BatchNormalization in training mode constants of its own as running statistics.
 *
 * ONNX Runtime's CPU kernel writes the new statistics over the old ones, unless they are outputs of the graph, and its
 * optimizer makes one constant of equal ones. So where others read the constants or hold the same numbers, the node
 * gets new ones; with momentum 0 the old statistics count for nothing, so that the numbers may be any.
 *
 * @param fresh - Makes up a name that the graph does not have.
 */
export function withOwnStatistics(parts: Parts, fresh: (stem: string) => string): Parts {
  const { nodes, initializers } = parts;
  const inTraining = (node: Node) =>
    node.op === "BatchNormalization" && readInt(node.attributes, "training_mode", 0) !== 0;
  if (!nodes.some(inTraining)) return parts;
  const names = nodes.flatMap((node) => node.inputs.filter((name) => initializers.has(name)));
  const readers = counts(names);
  const contents = counts([...initializers.values()].map(contentOf));
  const constants = new Map(initializers);
  const separate = nodes.map((node): Node => {
    if (!inTraining(node)) return node;
    const inputs = node.inputs.map((name, index) => {
      const stem = statistics.get(index);
      const constant = initializers.get(name);
      if (stem === undefined || constant === undefined) return name;
      if (readers.get(name) === 1 && contents.get(contentOf(constant)) === 1) return name;
      const own = fresh(`${node.name}.${stem}`);
      const tensor =
        readFloat(node.attributes, "momentum", 0.9) === 0 ? unlike(constant, contents) : constant;
      constants.set(own, { ...tensor, data: tensor.data.slice() });
      return own;
    });
    return { ...node, inputs };
  });
  const read = new Set(separate.flatMap((node) => node.inputs));
  const isRead = (name: string) => !readers.has(name) || read.has(name);
  return { nodes: separate, initializers: new Map([...constants].filter(([name]) => isRead(name))) };
}

/** A constant of the same shape, filled with a number with which no other is; it joins `contents`. */
function unlike({ shape, data }: Tensor, contents: Map<string, number>): Tensor {
  for (let number = 2 + contents.size; ; number++) {
    const tensor = float32(shape, new Float32Array(data.length).fill(number));
    const content = contentOf(tensor);
    if (contents.has(content)) continue;
    contents.set(content, 1);
    return tensor;
  }
}

/** More channels than a network has. */
const longest = 65_536;

/** The numbers of a list, as statistics are; other tensors are not compared. */
function contentOf({ shape, data }: Tensor): string {
  return shape.length === 1 && data.length <= longest ? data.join() : "other";
}

function counts(keys: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const key of keys) result.set(key, (result.get(key) ?? 0) + 1);
  return result;
}
