/** Writes a graph as an ONNX model. */
import { create, toBinary } from "@bufbuild/protobuf";
import { dataTypeCode } from "../graph/data-type.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { attributeToProto } from "./attribute-proto.ts";
import {
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./generated/onnx_pb.ts";
import { tensorToProto } from "./tensor-proto.ts";

/** Old enough that runtimes of the last years load the files. */
const irVersion = 8n;

/** Options of {@link encodeModel}. */
export interface EncodeOptions {
  /** Stored in the model, readable without running it. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producerName?: string;
  readonly producerVersion?: string;
  /**
   * Name for the first dimension of every graph input and output, so that a runtime accepts any batch size;
   * absent: the static size. Correct only if no constant of the graph holds the batch size.
   */
  readonly batchSymbol?: string;
}

/**
 * Serializes a graph as an ONNX model of IR version 8.
 *
 * @returns The bytes of an `.onnx` file.
 * @example
 * const builder = new GraphBuilder("double");
 * const x = builder.input("x", "float32", [2]);
 * builder.output(builder.op("Add", [x, x]), "y");
 * const bytes = encodeModel(builder.build(), { metadata: { task: "demo" } });
 * decodeModel(bytes).metadata; // => { task: "demo" }
 */
export function encodeModel(graph: Graph, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const { metadata = {}, producerName = "@tsimm/autodiff", producerVersion = "", batchSymbol } = options;
  const domains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ""));
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName,
    producerVersion,
    opsetImport: [
      { domain: "", version: BigInt(graph.opset) },
      ...[...domains].map((domain) => ({ domain, version: 1n })),
    ],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      input: graph.inputs.map((value) => valueToProto(value, batchSymbol)),
      output: graph.outputs.map((value) => valueToProto(value, batchSymbol)),
      node: graph.nodes.map(nodeToProto),
      initializer: [...graph.initializers].map(([name, tensor]) => tensorToProto(tensor, name)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

/**
 * Encodes the name, type and shape of a graph input or output.
 *
 * @param batchSymbol - Name for the first dimension; absent: its size.
 */
export function valueToProto({ name, dtype, shape }: Value, batchSymbol?: string): ValueInfoProto {
  const dim = shape.map((size, axis) =>
    axis === 0 && batchSymbol !== undefined
      ? { value: { case: "dimParam" as const, value: batchSymbol } }
      : { value: { case: "dimValue" as const, value: BigInt(size) } },
  );
  const tensorType = { elemType: dataTypeCode(dtype), shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensorType } } });
}

function nodeToProto(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeToProto(name, attribute)),
  });
}
