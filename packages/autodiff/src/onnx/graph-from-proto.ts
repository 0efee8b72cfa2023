/** From ONNX messages to a graph with static shapes. */
import { GraphBuilder } from "../graph/builder.ts";
import { dataTypeOf } from "../graph/data-type.ts";
import { ConstantFolding } from "../graph/folding/fold-node.ts";
import type { Node, Tensor } from "../graph/graph.ts";
import { float32, int64 } from "../graph/tensor.ts";
import { attributeFromProto } from "./attribute-proto.ts";
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
  readonly rewrite?: (node: Node) => Node;
}

/** Replays a model node by node: older operators are rewritten, the arithmetic of shapes is computed. */
export function replayGraph(proto: GraphProto, options: ReplayOptions): GraphBuilder {
  const { opset, dimensions, shapes, isInput = () => false, rewrite = (node: Node) => node } = options;
  const builder = new GraphBuilder(proto.name, { opset: Math.max(opset, modernOpset) });
  const folding = new ConstantFolding(builder, setUpValues(proto));
  const initializers = new Set(proto.initializer.map(({ name }) => name));
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
  for (const tensor of proto.initializer) addConstant(tensorFromProto(tensor), tensor.name);
  const names = new Set<string>();
  for (const [index, message] of proto.node.entries()) {
    const node = nodeFromProto(message, index, names);
    names.add(node.name);
    const constant = node.op === "Constant" ? constantOf(node) : undefined;
    if (constant) addConstant(constant, node.outputs[0] ?? "");
    else {
      const modern = node.domain === "" ? modernNode(builder, node, opset) : node;
      if (!folding.fold(modern)) builder.node(rewrite(modern));
    }
  }
  return builder;
}

function nodeFromProto(message: NodeProto, index: number, taken: ReadonlySet<string>): Node {
  const { opType: op, domain, input, output, attribute } = message;
  const name = message.name === "" || taken.has(message.name) ? `${op}_${index}` : message.name;
  return {
    name,
    op,
    domain: domain === "ai.onnx" ? "" : domain,
    inputs: input,
    // Optional outputs at the end may be named by the empty string.
    outputs: output.slice(0, output.findLastIndex((given) => given !== "") + 1),
    attributes: Object.fromEntries(
      attribute.map((entry) => [entry.name, attributeFromProto(entry)] as const),
    ),
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

function typeFromProto(
  { name, type }: ValueInfoProto,
  dimensions: ReadonlyMap<string, number>,
  given: readonly number[] | undefined,
) {
  if (type?.value.case !== "tensorType") {
    throw new RangeError(`decodeModel: input "${name}" must be a tensor`);
  }
  const { elemType, shape } = type.value.value;
  const dtype = dataTypeOf(elemType);
  if (!shape && !given) throw new RangeError(`decodeModel: input "${name}" must have a shape`);
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
