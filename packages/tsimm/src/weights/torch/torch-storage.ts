/** Memory that tensors of a file of PyTorch are views of. */
import { ELEMENT_ARRAYS } from "../element-arrays.ts";
import type { SafeTensor, SafeTensorsType } from "../safetensors.ts";

/** A run of elements; several tensors may share it. */
export class TorchStorage {
  readonly dtype: SafeTensorsType;
  /** Number of elements. */
  readonly length: number;
  /** All elements; null: they are not known yet. */
  readonly elements: SafeTensor["data"] | null;

  /**
   * @param bytes - Little-endian, aligned, as {@link alignedBytes} gives them; null: they are not known yet.
   */
  constructor(dtype: SafeTensorsType, length: number, bytes: Uint8Array<ArrayBuffer> | null) {
    this.dtype = dtype;
    this.length = length;
    this.elements = bytes && new ELEMENT_ARRAYS[dtype](bytes.buffer, bytes.byteOffset, length);
  }

  /** The same bytes as elements of another type. */
  as(dtype: SafeTensorsType): TorchStorage {
    const { elements } = this;
    const bytes =
      elements && alignedBytes(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
    return new TorchStorage(
      dtype,
      Math.floor((this.length * bytesPerElement(this.dtype)) / bytesPerElement(dtype)),
      bytes,
    );
  }
}

/** Bytes of an element. */
export function bytesPerElement(dtype: SafeTensorsType): number {
  return ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** The same bytes, copied where they do not begin at a multiple of the widest element. */
export function alignedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const shares = byteOffset % 8 === 0 && buffer instanceof ArrayBuffer;
  return shares ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}
