/** Small constants as plain numbers, for the arithmetic of shapes. */
import type { DataType, Tensor } from "../graph.ts";
import { allocate, elementCount, toInt64 } from "../tensor.ts";

/** A constant whose elements are JavaScript numbers in row-major order. */
export interface NumberArray {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The numbers of a constant. */
export function fromTensor({ dtype, shape, data }: Tensor): NumberArray {
  return { dtype, shape, data: Array.from(data, Number) };
}

/** The constant of these numbers; integers are cut towards 0, booleans are 0 or 1. */
export function toTensor({ dtype, shape, data }: NumberArray): Tensor {
  const elements = allocate(dtype, elementCount(shape));
  for (const [index, value] of data.entries()) {
    if (elements instanceof BigInt64Array) elements[index] = toInt64(Math.trunc(value));
    else elements[index] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return { dtype, shape, data: elements };
}

/** A list of integers. */
export function integers(data: readonly number[]): NumberArray {
  return { dtype: "int64", shape: [data.length], data };
}

/** Distance in memory between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** An array of this shape, each element from its position. */
export function fromPositions(
  dtype: DataType,
  shape: readonly number[],
  element: (position: readonly number[]) => number,
): NumberArray {
  const strides = stridesOf(shape);
  const data = Array.from({ length: elementCount(shape) }, (_, index) =>
    element(shape.map((size, axis) => Math.floor(index / (strides[axis] ?? 1)) % size)),
  );
  return { dtype, shape, data };
}

/** The element at a position, or its only one along axes of size 1; missing leading axes broadcast. */
export function at({ shape, data }: NumberArray, position: readonly number[]): number {
  const strides = stridesOf(shape);
  const skipped = position.length - shape.length;
  let index = 0;
  for (const [axis, size] of shape.entries()) {
    if (size > 1) index += (position[axis + skipped] ?? 0) * (strides[axis] ?? 1);
  }
  return data[index] ?? 0;
}
