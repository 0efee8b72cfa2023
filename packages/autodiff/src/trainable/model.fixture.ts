/** Small ONNX files for tests of `trainable`. */
import { create, toBinary } from "@bufbuild/protobuf";
import type { Attributes, Tensor } from "../graph/graph.ts";
import { float32, int64 } from "../graph/tensor.ts";
import { attributeToProto } from "../onnx/attribute-proto.ts";
import { ModelProtoSchema, type NodeProto, NodeProtoSchema } from "../onnx/generated/onnx_pb.ts";
import { tensorToProto } from "../onnx/tensor-proto.ts";

/** A node under the name of its first output. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: string | readonly string[],
  attributes: Attributes = {},
): NodeProto {
  const output = typeof outputs === "string" ? [outputs] : [...outputs];
  return create(NodeProtoSchema, {
    name: `${output[0]}/${op}`,
    opType: op,
    input: [...inputs],
    output,
    attribute: Object.entries(attributes).map(([name, attribute]) => attributeToProto(name, attribute)),
  });
}

/** A Constant node. */
export function constantNode(name: string, value: Tensor): NodeProto {
  return node("Constant", [], name, { value: { type: "tensor", value } });
}

/** Different numbers, none of them 0 or 1. */
export function numbers(...shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return float32(
    shape,
    Float32Array.from({ length: count }, (_, i) => 0.3 + Math.sin(1.7 * i + count)),
  );
}

/** A tensor filled with one number. */
export function filled(value: number, ...shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return float32(shape, new Float32Array(count).fill(value));
}

/** A list of integers. */
export const list = (...values: readonly number[]): Tensor => int64([values.length], values);

/** What a file holds; the output is `y`. */
export interface ModelParts {
  /** Input x: sizes, or names of open dimensions. */
  readonly x?: readonly (number | string)[];
  /** ONNX's number for the type of x; absent: float32. */
  readonly type?: number;
  readonly opset?: number;
  readonly irVersion?: number;
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly NodeProto[];
}

/** Bytes of an ONNX file with an input x. */
export function modelFile(parts: ModelParts): Uint8Array<ArrayBuffer> {
  const { x = [2, 3], type = 1, opset = 17, irVersion = 8, initializers = {}, nodes } = parts;
  const dim = x.map((size) => ({
    value:
      typeof size === "string"
        ? { case: "dimParam" as const, value: size }
        : { case: "dimValue" as const, value: BigInt(size) },
  }));
  const tensorType = { elemType: type, shape: { dim } };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      graph: {
        name: "model",
        input: [{ name: "x", type: { value: { case: "tensorType", value: tensorType } } }],
        output: [{ name: "y", type: { value: { case: "tensorType", value: { elemType: 1 } } } }],
        initializer: Object.entries(initializers).map(([name, tensor]) => tensorToProto(tensor, name)),
        node: [...nodes],
      },
    }),
  );
}
