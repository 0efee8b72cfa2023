/** Reads an ONNX model as a graph with static shapes. */
import { fromBinary } from "@bufbuild/protobuf";
import { GraphBuilder } from "../graph/builder.ts";
import { dataTypeOf } from "../graph/data-type.ts";
import type { Graph } from "../graph/graph.ts";
import { attributeFromProto } from "./attribute-proto.ts";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type ValueInfoProto,
} from "./generated/onnx_pb.ts";
import { tensorFromProto } from "./tensor-proto.ts";

/** A decoded ONNX model. */
export interface OnnxModel {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
  readonly producerName: string;
  readonly producerVersion: string;
}

/** Options of {@link decodeModel}. */
export interface DecodeOptions {
  /** Sizes of symbolic dimensions, e.g. `{ batch: 16 }`. */
  readonly dimensions?: Readonly<Record<string, number>>;
}

/**
 * Deserializes an ONNX model and infers every shape.
 *
 * @param bytes - An `.onnx` file, opset 17 to 21, weights inside.
 * @throws RangeError if the bytes are no such model, an operator has no shape rule, or a symbolic dimension has no
 * size in `dimensions`.
 */
export function decodeModel(bytes: Uint8Array, { dimensions = {} }: DecodeOptions = {}): OnnxModel {
  const model = parse(bytes);
  if (!model.graph) throw new RangeError("decodeModel: bytes must be an ONNX model, got one without a graph");
  const opset = Number(model.opsetImport.find((entry) => entry.domain === "")?.version ?? 0);
  if (!(opset >= 17 && opset <= 21)) {
    throw new RangeError(`decodeModel: opset must be in [17, 21], got ${opset}; convert the model first`);
  }
  return {
    graph: graphFromProto(model.graph, opset, new Map(Object.entries(dimensions))),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
  };
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    // The decoder slices its input, which a Node Buffer does without copying.
    return fromBinary(ModelProtoSchema, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new RangeError(
      `decodeModel: bytes must be a complete ONNX model, got ${bytes.length} bytes that are not`,
      { cause },
    );
  }
}

function graphFromProto(proto: GraphProto, opset: number, dimensions: ReadonlyMap<string, number>): Graph {
  const builder = new GraphBuilder(proto.name, { opset });
  const constants = new Set(proto.initializer.map(({ name }) => name));
  for (const tensor of proto.initializer) builder.constant(tensorFromProto(tensor), tensor.name);
  for (const input of proto.input) {
    // Files of the oldest IR versions list initializers among the inputs too.
    if (constants.has(input.name)) continue;
    const { dtype, shape } = typeFromProto(input, dimensions);
    builder.input(input.name, dtype, shape);
  }
  for (const [index, node] of proto.node.entries()) {
    const attributes = Object.fromEntries(
      node.attribute.map((attribute) => [attribute.name, attributeFromProto(attribute)]),
    );
    const { value } = attributes;
    if (node.opType === "Constant" && value?.type === "tensor") {
      builder.constant(value.value, node.output[0] ?? "");
      continue;
    }
    builder.node({
      name: node.name === "" ? `${node.opType}_${index}` : node.name,
      op: node.opType,
      domain: node.domain === "ai.onnx" ? "" : node.domain,
      inputs: node.input,
      outputs: node.output,
      attributes,
    });
  }
  for (const { name } of proto.output) builder.output(builder.value(name));
  return builder.build();
}

function typeFromProto({ name, type }: ValueInfoProto, dimensions: ReadonlyMap<string, number>) {
  if (type?.value.case !== "tensorType") {
    throw new RangeError(`decodeModel: input "${name}" must be a tensor`);
  }
  const { elemType, shape } = type.value.value;
  if (!shape) throw new RangeError(`decodeModel: input "${name}" must have a shape`);
  return {
    dtype: dataTypeOf(elemType),
    shape: shape.dim.map(({ value }, axis) => {
      const size = value.case === "dimParam" ? dimensions.get(value.value) : Number(value.value);
      if (!(size !== undefined && Number.isSafeInteger(size) && size >= 0)) {
        throw new RangeError(
          `decodeModel: dimension ${axis} of input "${name}" must have a size, got "${value.value}"; give it in dimensions`,
        );
      }
      return size;
    }),
  };
}
