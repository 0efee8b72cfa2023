/** Tensors in ONNX's encoding: dimensions, a type number and little-endian bytes. */
import { create } from "@bufbuild/protobuf";
import { dataTypeCode, storedType } from "../graph/data-type.ts";
import type { DataType, Tensor, TensorData } from "../graph/graph.ts";
import { checkShape, formatShape } from "../graph/shapes/shape-rule.ts";
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
 * @param subject - What it is, for messages.
 * @throws RangeError if its type is none that graphs use, its bytes lie in another file or do not fill its shape.
 */
export function tensorFromProto(
  proto: TensorProto,
  subject: string = `decodeModel: tensor "${proto.name}"`,
): Tensor {
  if (proto.dataLocation !== 0) {
    throw new RangeError(
      `${subject} must be stored in the model, got data in another file; save the model as one file`,
    );
  }
  const dtype = storedType(proto.dataType, subject);
  const shape = proto.dims.map(Number);
  checkShape(subject, shape);
  const count = elementCount(shape);
  const stored =
    proto.rawData.length > 0 ? proto.rawData.length / bytesPerElement(dtype) : typedLength(proto, dtype);
  if (stored !== count) {
    throw new RangeError(
      `${subject} must have data that fills shape ${formatShape(shape)}, got ${stored} elements`,
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
