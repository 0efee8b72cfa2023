/** Tensors of test models: noise that is the same in every run, and settings. */
import type { TensorProto } from "../packages/autodiff/src/onnx/generated/onnx_pb.ts";
import { tensor } from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";

/** Elements of a shape. */
export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Normal numbers that follow from the name. */
export function noise(name: string, shape: readonly number[], scale = 0.5): Float32Array {
  const random = keyedRandom(1, "init", name);
  return Float32Array.from({ length: count(shape) }, () => scale * random.normal());
}

/** A float32 tensor of noise. */
export const weight = (name: string, dims: readonly number[]): TensorProto =>
  tensor(name, "float32", dims, noise(name, dims));

/** A float32 number without dimensions. */
export const scalar = (name: string, x: number): TensorProto =>
  tensor(name, "float32", [], Float32Array.of(x));

/** A list of int64. */
export const integers = (name: string, ...values: number[]): TensorProto =>
  tensor(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
