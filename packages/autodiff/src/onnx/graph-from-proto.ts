/** From ONNX messages to a graph with static shapes. */
import { GraphBuilder } from "../graph/builder.ts";
import { storedType } from "../graph/data-type.ts";
import { ConstantFolding } from "../graph/folding/fold-node.ts";
import type { Node, Tensor } from "../graph/graph.ts";
import { describe, type ValueType } from "../graph/shapes/shape-rule.ts";
import { float32, int64 } from "../graph/tensor.ts";
import { attributeFromProto } from "./attribute-proto.ts";
import { capturedNames } from "./captured-names.ts";
import { computeControl, isControl, type Known } from "./constant-control.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "./generated/onnx_pb.ts";
import { modernNode, modernOpset } from "./modern-node.ts";
import { setUpValues } from "./set-up-values.ts";
import { tensorFromProto } from "./tensor-proto.ts";

/** How a model's messages become a graph. */
export interface ReplayOptions {
  readonly opset: number;
  /** Sizes of symbolic dimensions. */
  readonly dimensions: ReadonlyMap<string, number>;
  /** Shapes of graph inputs, instead of those in the file. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Constants of the file that become inputs of the graph: their names. */
  readonly isInput?: (name: string, constant: Tensor) => boolean;
  /** Changes a node before it is added. */
  readonly rewrite?: (node: Node, builder: GraphBuilder) => Node;
  /** Told of a node that graphs cannot hold, which is left out then; absent: its error is thrown. */
  readonly skip?: (node: NodeProto, error: RangeError) => void;
}

/**
 * Replays what leads to some values of a model, node by node: older operators are rewritten, the arithmetic of shapes
 * is computed. What does not lead to them may be anything.
 *
 * @param wanted - Names of the values.
 */
export function replayGraph(
  proto: GraphProto,
  wanted: readonly string[],
  options: ReplayOptions,
): GraphBuilder {
  const { opset, dimensions, shapes, isInput = () => false, rewrite = (node: Node) => node, skip } = options;
  const reserved = new Set(proto.node.flatMap(({ name, output }) => [name, ...output]));
  const builder = new GraphBuilder(proto.name, { opset: Math.max(opset, modernOpset), reserved });
  const folding = new ConstantFolding(builder, setUpValues(proto));
  const initializers = new Set(proto.initializer.map(({ name }) => name));
  const { nodes, needed } = nodesBefore(proto, wanted);
  const addConstant = (constant: Tensor, name: string) => {
    if (isInput(name, constant)) builder.input(name, constant.dtype, constant.shape);
    else builder.constant(constant, name);
  };
  for (const input of proto.input) {
    // Files of the oldest IR versions list initializers among the inputs too.
    if (initializers.has(input.name)) continue;
    const { dtype, shape } = typeFromProto(input, dimensions, shapes.get(input.name));
    builder.input(input.name, dtype, shape);
  }
  for (const tensor of proto.initializer) {
    if (needed.has(tensor.name)) addConstant(tensorFromProto(tensor), tensor.name);
  }
  const nameOf = uniqueNames(reserved);
  /** Lists of tensors that are known. */
  const lists = new Map<string, Known>();
  const known = (name: string) => lists.get(name) ?? folding.known(name);
  const read = (message: NodeProto) => nodeFromProto(message, message.name);
  /** Whether a branch or loop could be computed. */
  const addControl = (message: NodeProto): boolean => {
    const results = computeControl(message, { opset, known, read });
    for (const [name, value] of results ?? []) {
      if ("dtype" in value) folding.add(name, value);
      else lists.set(name, value);
    }
    return results !== undefined;
  };
  const addNode = (message: NodeProto) => {
    if (isControl(message) && addControl(message)) return;
    const node = nodeFromProto(message, nameOf(message.name, message.opType));
    const constant = node.op === "Constant" && node.domain === "" ? constantOf(node) : undefined;
    if (constant) addConstant(constant, node.outputs[0] ?? "");
    else {
      const modern = node.domain === "" ? modernNode(builder, node, opset) : node;
      if (!folding.fold(modern)) builder.node(rewrite(modern, builder));
    }
  };
  for (const message of nodes) {
    try {
      addNode(message);
    } catch (error) {
      if (!skip || !(error instanceof RangeError)) throw error;
      skip(message, error);
    }
  }
  return builder;
}

/** Part of a model. */
interface Needed {
  readonly nodes: NodeProto[];
  /** Names of all that the nodes read. */
  readonly needed: ReadonlySet<string>;
}

/** The nodes that values depend on, in the order of the file, and the names of all that they read. */
export function nodesBefore({ node }: GraphProto, wanted: readonly string[]): Needed {
  const needed = new Set(wanted);
  const nodes: NodeProto[] = [];
  for (const message of node.toReversed()) {
    if (!message.output.some((name) => name !== "" && needed.has(name))) continue;
    for (const name of [...message.input, ...capturedNames(message)]) needed.add(name);
    nodes.push(message);
  }
  return { nodes: nodes.reverse(), needed };
}

function nodeFromProto(message: NodeProto, name: string): Node {
  const { opType: op, domain, input, output, attribute } = message;
  const owner = describe({ op, name });
  return {
    name,
    op,
    domain: domain === "ai.onnx" ? "" : domain,
    inputs: input,
    // Optional outputs at the end may be named by the empty string.
    outputs: output.slice(0, output.findLastIndex((given) => given !== "") + 1),
    attributes: Object.fromEntries(
      attribute.map((entry) => [entry.name, attributeFromProto(entry, owner)] as const),
    ),
  };
}

/** Gives each node its own name, or one after its operator where it has none or another node has it. */
function uniqueNames(reserved: ReadonlySet<string>): (name: string, op: string) => string {
  const taken = new Set<string>();
  let number = 0;
  return (name, op) => {
    let unique = name;
    while (unique === "" || taken.has(unique) || (unique !== name && reserved.has(unique))) {
      unique = `${op}_${number++}`;
    }
    taken.add(unique);
    return unique;
  };
}

/** The tensor of a Constant node, whichever attribute holds it. */
function constantOf({ attributes }: Node): Tensor | undefined {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name === "value" && attribute.type === "tensor") return attribute.value;
    if (name === "value_float" && attribute.type === "float") return float32([], [attribute.value]);
    if (name === "value_int" && attribute.type === "int") return int64([], [attribute.value]);
    if (name === "value_floats" && attribute.type === "floats") {
      return float32([attribute.value.length], attribute.value);
    }
    if (name === "value_ints" && attribute.type === "ints") {
      return int64([attribute.value.length], attribute.value);
    }
  }
  return undefined;
}

/**
 * Element type and shape of a value.
 *
 * @param dimensions - Sizes of symbolic dimensions.
 * @param given - Instead of the shape in the file, which it must fit.
 */
export function typeFromProto(
  { name, type }: ValueInfoProto,
  dimensions: ReadonlyMap<string, number>,
  given?: readonly number[],
): ValueType {
  if (type?.value.case !== "tensorType") {
    throw new RangeError(
      `decodeModel: input "${name}" must be a tensor, got another type; leave it out of the model`,
    );
  }
  const { elemType, shape } = type.value.value;
  const dtype = storedType(elemType, `decodeModel: input "${name}"`);
  if (!shape && !given)
    throw new RangeError(`decodeModel: input "${name}" must have a shape, got none; give it in inputs`);
  const sizes = shape?.dim.map(({ value }) =>
    value.case === "dimParam" ? dimensions.get(value.value) : Number(value.value),
  );
  const known = (size: number | undefined) => size !== undefined && Number.isSafeInteger(size) && size >= 1;
  if (given) {
    const fits = (size: number, axis: number) => {
      const inFile = shape?.dim[axis]?.value;
      return known(size) && (inFile?.case !== "dimValue" || Number(inFile.value) === size);
    };
    if (!given.every(fits) || (sizes && sizes.length !== given.length)) {
      const inFile = shape?.dim.map(({ value }) => value.value ?? "?").join(", ");
      throw new RangeError(
        `decodeModel: shape of input "${name}" must fit [${inFile}] of the file, got [${given.join(", ")}]`,
      );
    }
    return { dtype, shape: given };
  }
  for (const [axis, size] of (sizes ?? []).entries()) {
    if (known(size)) continue;
    throw new RangeError(
      `decodeModel: dimension ${axis} of input "${name}" must have a size, got "${shape?.dim[axis]?.value.value ?? ""}"; give it in dimensions or the whole shape in inputs`,
    );
  }
  return { dtype, shape: (sizes ?? []).map((size) => size ?? 0) };
}
