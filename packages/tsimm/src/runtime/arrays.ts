/** Element type -> the array that holds it. */
export const arrays: {
  readonly float32: Float32ArrayConstructor;
  readonly float64: Float64ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly int64: BigInt64ArrayConstructor;
  readonly uint8: Uint8ArrayConstructor;
  readonly int8: Int8ArrayConstructor;
  readonly bool: Uint8ArrayConstructor;
} = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
};
