/** Who makes and who reads the values of a graph. */
import { capturedNames } from "../../onnx/captured-names.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../../onnx/generated/onnx_pb.ts";
import { tensorFromProto } from "../../onnx/tensor-proto.ts";
import { constantTensor } from "../weight-slots.ts";

/** A graph by the names of its values. */
export interface GraphLinks {
  /** The node that computes a value. */
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** Stored tensors: initializers and Constant nodes. */
  readonly stored: ReadonlyMap<string, TensorProto>;
  /** The nodes that read a value, in their order; through a graph inside of them, too. */
  readersOf(name: string): readonly NodeProto[];
  /** Whether a value is computed from stored tensors alone. */
  isConstant(name: string): boolean;
  /** The integers of a stored tensor; undefined: it is none, or holds others. */
  integersOf(name: string): readonly number[] | undefined;
}

/** Links the values of a graph whose nodes are in execution order. */
export function graphLinks(graph: GraphProto): GraphLinks {
  const producers = new Map<string, NodeProto>();
  const readers = new Map<string, NodeProto[]>();
  const stored = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const constant = new Set(stored.keys());
  for (const node of graph.node) {
    const [first = ""] = node.output;
    for (const name of node.output) if (name !== "") producers.set(name, node);
    const tensor = constantTensor(node);
    if (tensor) stored.set(first, tensor);
    const reads = [...new Set([...node.input, ...capturedNames(node)])].filter((name) => name !== "");
    for (const name of reads) {
      const others = readers.get(name);
      if (others) others.push(node);
      else readers.set(name, [node]);
    }
    if (reads.every((name) => constant.has(name))) for (const name of node.output) constant.add(name);
  }
  return {
    producers,
    stored,
    readersOf: (name) => readers.get(name) ?? [],
    isConstant: (name) => constant.has(name),
    integersOf(name) {
      const tensor = stored.get(name);
      return tensor && integersIn(tensor);
    },
  };
}

function integersIn(tensor: TensorProto): readonly number[] | undefined {
  try {
    const { dtype, data } = tensorFromProto(tensor);
    return dtype === "int64" || dtype === "int32" ? Array.from(data, Number) : undefined;
  } catch {
    return undefined;
  }
}

/** A node as messages name it. */
export function nodeText({ opType, domain, name, output }: NodeProto): string {
  const op = domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
  return `${op} "${name || output[0]}"`;
}

/** An attribute of a node. */
export function attributeOf({ attribute }: NodeProto, name: string): AttributeProto | undefined {
  return attribute.find((given) => given.name === name);
}

/** An integer attribute. */
export function intOf(node: NodeProto, name: string, fallback: number): number {
  const given = attributeOf(node, name);
  return given ? Number(given.i) : fallback;
}

/** Integers that an attribute or, in later operator sets, an input holds; undefined: neither is there. */
export function listOf(
  node: NodeProto,
  attribute: string,
  input: number,
  links: GraphLinks,
): readonly number[] | "unknown" | undefined {
  const given = attributeOf(node, attribute);
  if (given) return given.ints.length > 0 || given.type === 7 ? given.ints.map(Number) : [Number(given.i)];
  const name = node.input[input] ?? "";
  return name === "" ? undefined : (links.integersOf(name) ?? "unknown");
}
