/** Tensors of other precisions as float32. */
import type { SafeTensor } from "./safetensors.ts";

/**
 * The elements of a floating-point tensor, F32, F16, BF16 or F64, as float32: exact, but for F64, which is rounded.
 *
 * @returns null for a tensor of integers.
 * @example
 * toFloat32({ dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }); // => Float32Array [1, -2]
 */
export function toFloat32({ dtype, data }: SafeTensor): Float32Array | null {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (!(data instanceof Uint16Array)) return null;
  return dtype === "BF16" ? fromBfloat16(data) : Float32Array.from(data, fromFloat16);
}

/** The upper half of a float32's bits. */
function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}

/** One sign bit, five of the exponent, ten of the fraction. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
