/** Numbers of tensors in a file. */
import type { TensorProto } from "../onnx/generated/onnx_pb.ts";
import { tensorFromProto } from "../onnx/tensor-proto.ts";

/**
 * The numbers of a tensor, copied.
 *
 * @throws RangeError if it is no float32 tensor, or a number is not finite.
 */
export function finiteWeights(name: string, proto: TensorProto | undefined): Float32Array {
  const data = proto ? tensorFromProto(proto).data : undefined;
  if (!(data instanceof Float32Array)) {
    throw new RangeError(`trainable: tensor "${name}" must be float32 and stored in the model`);
  }
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new RangeError(
      `trainable: tensor "${name}" must be finite, got ${data[at]} at element ${at}; repair it`,
    );
  }
  return data;
}

/** Writes numbers into a tensor. */
export function store(proto: TensorProto | undefined, data: Float32Array): void {
  if (!proto) return;
  proto.rawData = new Uint8Array(data.slice().buffer);
  proto.floatData = [];
}
