/** Arrays of the element types. */
import type { SafeTensorsType } from "./safetensors.ts";

/** Classes of arrays by element type. */
export interface ElementArrays extends Readonly<Record<SafeTensorsType, unknown>> {
  readonly F64: Float64ArrayConstructor;
  readonly F32: Float32ArrayConstructor;
  readonly F16: Uint16ArrayConstructor;
  readonly BF16: Uint16ArrayConstructor;
  readonly I64: BigInt64ArrayConstructor;
  readonly I32: Int32ArrayConstructor;
  readonly I16: Int16ArrayConstructor;
  readonly I8: Int8ArrayConstructor;
  readonly U8: Uint8ArrayConstructor;
  readonly BOOL: Uint8ArrayConstructor;
}

/** The array that holds elements of a type; F16 and BF16 are held as their bits. */
export const ELEMENT_ARRAYS: ElementArrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};
