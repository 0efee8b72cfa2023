/** Constructors of constants. */
import type { DataType, Tensor, TensorData } from "./graph.ts";

/**
 * Number of elements of a tensor of this shape.
 *
 * @example
 * elementCount([2, 3, 4]); // => 24
 * elementCount([]); // => 1
 */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A float32 tensor.
 *
 * @param shape - Dimensions, outermost first; [] for a scalar.
 * @param data - Elements in row-major order.
 * @throws RangeError if `data` does not fill `shape`.
 * @example
 * float32([2], [1, 2]).shape; // => [2]
 */
export function float32(shape: readonly number[], data: ArrayLike<number>): Tensor {
  return checked("float32", shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/**
 * An int64 tensor, as shapes, axes and indices are.
 *
 * @param shape - Dimensions, outermost first; [] for a scalar.
 * @param data - Elements in row-major order, integers.
 * Numbers beyond the range of int64 take its ends, such as 2^63, as which exporters write "to the end".
 *
 * @throws RangeError if `data` does not fill `shape`.
 * @example
 * const axes = int64([2], [0, 1]);
 * axes.data; // => BigInt64Array [0n, 1n]
 * int64([], [2 ** 63]).data[0]; // => 9223372036854775807n
 */
export function int64(shape: readonly number[], data: readonly number[]): Tensor {
  return checked("int64", shape, BigInt64Array.from(data, toInt64));
}

/** The int64 of an integer; numbers beyond its range take its ends. */
export function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(value);
}

/**
 * The array type that holds elements of a data type.
 *
 * @param dtype - ONNX element type.
 * @param length - Number of elements, all zero.
 */
export function allocate(dtype: DataType, length: number): TensorData {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "int8":
      return new Int8Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
  }
}

function checked(dtype: DataType, shape: readonly number[], data: TensorData): Tensor {
  const expected = elementCount(shape);
  if (data.length !== expected) {
    throw new RangeError(
      `${dtype}: data must have ${expected} elements to fill shape [${shape.join(", ")}], got ${data.length}`,
    );
  }
  return { dtype, shape: [...shape], data };
}
