/** Tensors as views of their storages. */
import { ELEMENT_ARRAYS } from "../element-arrays.ts";
import type { SafeTensor } from "../safetensors.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { damaged } from "./torch-file-error.ts";
import { bytesPerElement, type TorchStorage } from "./torch-storage.ts";
import { TorchTensor } from "./torch-value.ts";

/** Place of a tensor in its storage, in elements. */
export interface TensorLayout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * The tensor at a place in a storage. A contiguous one shares the storage's memory, another is copied in row-major order.
 *
 * @throws TorchFileError if it does not lie in the storage, or the copies take too much memory.
 */
export function buildTensor(storage: TorchStorage, layout: TensorLayout, budget: MemoryBudget): TorchTensor {
  const { dtype, elements } = storage;
  const { offset, shape } = layout;
  const length = checkLayout(layout, storage.length);
  if (elements === null || length === 0) {
    return new TorchTensor({ dtype, shape, data: new ELEMENT_ARRAYS[dtype](0) });
  }
  if (isContiguous(layout)) {
    return new TorchTensor({ dtype, shape, data: elements.subarray(offset, offset + length) });
  }
  budget.take(length * bytesPerElement(dtype), "tensors that are not contiguous");
  const data = new ELEMENT_ARRAYS[dtype](length);
  gather(elements, data, layout);
  return new TorchTensor({ dtype, shape, data });
}

/** Number of elements. */
function checkLayout({ offset, shape, strides }: TensorLayout, available: number): number {
  const counts = [offset, ...shape, ...strides];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw damaged(
      `offset, shape and strides of a tensor must be integers >= 0, got ${offset}, [${shape}] and [${strides}]`,
    );
  }
  if (shape.length !== strides.length) {
    throw damaged(`a tensor must have a stride for each dimension, got [${strides}] for [${shape}]`);
  }
  // The product of sizes beyond all numbers and 0 would be NaN.
  const length = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  const last = strides.reduce((place, stride, axis) => place + stride * ((shape[axis] ?? 1) - 1), offset);
  if (length > 0 && !(last < available)) {
    throw damaged(
      `a tensor of shape [${shape}], strides [${strides}] and offset ${offset} must lie in its storage of ${available} elements`,
    );
  }
  return length;
}

function isContiguous({ shape, strides }: TensorLayout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Copies the elements in row-major order, as words of at most 32 bits whatever their type is. */
function gather(elements: SafeTensor["data"], target: SafeTensor["data"], layout: TensorLayout): void {
  const { offset, shape, strides } = layout;
  const lanes = elements.BYTES_PER_ELEMENT === 8 ? 2 : 1;
  const from = words(elements);
  const to = words(target);
  const last = shape.length - 1;
  let written = 0;
  const copy = (axis: number, start: number): void => {
    const size = shape[axis] ?? 1;
    const stride = strides[axis] ?? 0;
    for (let i = 0; i < size; i++) {
      const at = start + i * stride;
      if (axis < last) copy(axis + 1, at);
      else for (let lane = 0; lane < lanes; lane++) to[written++] = from[at * lanes + lane] ?? 0;
    }
  };
  copy(0, offset);
}

function words({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width }: SafeTensor["data"]): Words {
  if (width === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

type Words = Uint8Array | Uint16Array | Uint32Array;
