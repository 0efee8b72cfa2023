/** Tensors of this library as those of ONNX Runtime's JavaScript interface, and back. */
import type { DataType, Tensor } from "@tsimm/autodiff";
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-web";

/** What the packages `onnxruntime-node` and `onnxruntime-web` both export. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/**
 * A tensor over the same array.
 *
 * @param name - For the error.
 * @throws TypeError for an array in shared memory.
 */
export function toOrt(runtime: OnnxRuntime, name: string, tensor: Tensor): OrtTensor {
  // Such memory is refused by ONNX Runtime with no more than "Invalid argument".
  if (typeof SharedArrayBuffer !== "undefined" && tensor.data.buffer instanceof SharedArrayBuffer) {
    throw new TypeError(
      `Session.run: ${name} must not be in shared memory; copy it into an array of its own`,
    );
  }
  return new runtime.Tensor(tensor.dtype, tensor.data, tensor.shape);
}

/**
 * An output, over the same array.
 *
 * @param name - For the error.
 * @throws TypeError for a type that graphs do not use.
 */
export function fromOrt(name: string, tensor: OrtTensor): Tensor {
  const { type, data, dims } = tensor;
  if (!isDataType(type) || Array.isArray(data) || data instanceof Uint16Array) throw unsupported(name, type);
  if (data instanceof Int16Array || data instanceof Uint32Array || data instanceof BigUint64Array) {
    throw unsupported(name, type);
  }
  return { dtype: type, shape: dims, data };
}

/**
 * The element type of an output.
 *
 * @param name - For the error.
 * @throws TypeError for a type that graphs do not use.
 */
export function dataTypeOf(name: string, { type }: OrtTensor): DataType {
  if (!isDataType(type)) throw unsupported(name, type);
  return type;
}

const dataTypes: Readonly<Record<DataType, true>> = {
  float32: true,
  float64: true,
  int32: true,
  int64: true,
  uint8: true,
  int8: true,
  bool: true,
};

function isDataType(type: string): type is DataType {
  return Object.hasOwn(dataTypes, type);
}

function unsupported(name: string, type: string): TypeError {
  return new TypeError(
    `Session.run: output "${name}" must have one of the types ${Object.keys(dataTypes).join(", ")}, got ${type}`,
  );
}
