/** Tensors in ONNX's encoding: dimensions, a type number and little-endian bytes. */
import { create } from "@bufbuild/protobuf";
import { dataTypeCode, dataTypeOf } from "../graph/data-type.ts";
import type { DataType, Tensor, TensorData } from "../graph/graph.ts";
import { allocate, elementCount } from "../graph/tensor.ts";
import { type TensorProto, TensorProtoSchema } from "./generated/onnx_pb.ts";

/** Encodes a tensor; the message refers to the tensor's own bytes. */
export function tensorToProto({ dtype, shape, data }: Tensor, name: string): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: dataTypeCode(dtype),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/**
 * Decodes a tensor into memory of its own.
 *
 * @throws RangeError if its type is none that graphs use, its bytes lie in another file or do not fill its shape.
 */
export function tensorFromProto(proto: TensorProto): Tensor {
  if (proto.dataLocation !== 0) {
    throw new RangeError(
      `decodeModel: tensor "${proto.name}" must be stored in the model, not in another file`,
    );
  }
  const dtype = dataTypeOf(proto.dataType);
  const shape = proto.dims.map(Number);
  const count = elementCount(shape);
  const stored =
    proto.rawData.length > 0 ? proto.rawData.length / bytesPerElement(dtype) : typedLength(proto, dtype);
  if (!shape.every((size) => size >= 0) || stored !== count) {
    throw new RangeError(
      `decodeModel: data of tensor "${proto.name}" must fill shape [${shape.join(", ")}], got ${stored} elements`,
    );
  }
  const data = allocate(dtype, count);
  if (proto.rawData.length > 0) {
    new Uint8Array(data.buffer).set(proto.rawData);
  } else {
    copyTyped(proto, data);
  }
  return { dtype, shape, data };
}

function bytesPerElement(dtype: DataType): number {
  return allocate(dtype, 0).BYTES_PER_ELEMENT;
}

function typedLength(proto: TensorProto, dtype: DataType): number {
  switch (dtype) {
    case "float32":
      return proto.floatData.length;
    case "float64":
      return proto.doubleData.length;
    case "int64":
      return proto.int64Data.length;
    default:
      return proto.int32Data.length;
  }
}

function copyTyped(proto: TensorProto, data: TensorData): void {
  if (data instanceof BigInt64Array) data.set(proto.int64Data);
  else if (data instanceof Float32Array) data.set(proto.floatData);
  else if (data instanceof Float64Array) data.set(proto.doubleData);
  else data.set(proto.int32Data);
}
