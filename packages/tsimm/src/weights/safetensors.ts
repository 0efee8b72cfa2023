/**
 * The safetensors format: a JSON header that names tensors, then their bytes, little-endian.
 *
 * Layout: header length (unsigned 64 bits), header padded with spaces to a multiple of 8, data without gaps.
 *
 * @see https://github.com/huggingface/safetensors#format
 */

import { isJsonObject } from "../text/json-object.ts";
import { printable } from "../text/printable.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { ELEMENT_ARRAYS } from "./element-arrays.ts";

/** Element types; F16 and BF16 are given as their bits. */
export type SafeTensorsType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

/** Elements in row-major order. */
export type SafeTensorsData =
  | Float64Array
  | Float32Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** One tensor of a file. */
export interface SafeTensor {
  readonly dtype: SafeTensorsType;
  /** Outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  readonly data: SafeTensorsData;
}

/** Tensors by name. */
export type SafeTensors = ReadonlyMap<string, SafeTensor>;

/** Free text by key, beside the tensors. */
export type SafeTensorsMetadata = Readonly<Record<string, string>>;

/** Larger headers are refused, as the format's reference implementation does. */
const maxHeaderLength = 100_000_000;

/**
 * Encodes tensors as a safetensors file.
 *
 * The header keeps the order of the map; in the data wider elements come first, so that all are aligned.
 *
 * @throws TypeError or RangeError if a tensor's array does not fit its type or shape.
 * @example
 * const bytes = encodeSafetensors(new Map([["w", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]));
 * decodeSafetensors(bytes).tensors.get("w").data; // => Float32Array [1, 2]
 */
export function encodeSafetensors(tensors: SafeTensors, metadata: SafeTensorsMetadata = {}): Uint8Array {
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  const byWidth = [...tensors].sort(([, a], [, b]) => width(b.dtype) - width(a.dtype));
  const places = new Map<string, [number, number]>();
  let end = 0;
  for (const [name, { data }] of byWidth) {
    places.set(name, [end, end + data.byteLength]);
    end += data.byteLength;
  }
  const entries = [...tensors].map(([name, { dtype, shape }]) => [
    name,
    { dtype, shape, data_offsets: places.get(name) },
  ]);
  const withMetadata = Object.keys(metadata).length > 0 ? [["__metadata__", metadata], ...entries] : entries;
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(withMetadata)));
  const headerLength = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(header, 8);
  for (const [name, { data }] of tensors) {
    const [begin = 0] = places.get(name) ?? [];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerLength + begin);
  }
  return bytes;
}

/**
 * Decodes a safetensors file.
 *
 * @param bytes - The whole file; the tensors are copies.
 * @returns Tensors in the order of the header, and the metadata.
 * @throws Error that names what is wrong: nothing is guessed, and gaps, overlaps and unknown types are refused.
 * @example
 * const bias = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) } as const;
 * const bytes = encodeSafetensors(new Map([["fc.bias", bias]]), { epoch: "3" });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * tensors.get("fc.bias")?.data; // => Float32Array [1, 2]
 * metadata; // => { epoch: "3" }
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: SafeTensors;
  metadata: SafeTensorsMetadata;
} {
  const { header, dataStart } = readHeader(bytes);
  const tensors = new Map<string, SafeTensor>();
  const places: Place[] = [];
  let metadata: SafeTensorsMetadata = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (!isTextRecord(entry)) throw damaged("__metadata__ must hold text by key");
      metadata = entry;
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry, bytes.length - dataStart);
    const data = new ELEMENT_ARRAYS[dtype](copyOf(bytes, dataStart + begin, dataStart + end));
    tensors.set(name, { dtype, shape, data });
    places.push({ name, begin, end });
  }
  checkPlaces(places, bytes.length - dataStart);
  return { tensors, metadata };
}

// A Buffer's own slice would share its memory.
function copyOf(bytes: Uint8Array, begin: number, end: number): ArrayBuffer {
  return new Uint8Array(bytes.subarray(begin, end)).buffer;
}

interface Place {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array): { header: object; dataStart: number } {
  if (bytes.length < 8) throw damaged(`file must have at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(bytes.length - 8, maxHeaderLength))) {
    const most = Math.min(bytes.length - 8, maxHeaderLength);
    throw damaged(`header length must be at most ${most} in a file of ${bytes.length} bytes, got ${length}`);
  }
  const dataStart = 8 + Number(length);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, dataStart));
    header = JSON.parse(text);
  } catch (error) {
    throw damaged(`header must be JSON (${error instanceof Error ? error.message : error})`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) throw damaged(`each key of the header must be there once, got "${twice}" twice`);
  if (!isJsonObject(header)) throw damaged("header must be a JSON object");
  return { header, dataStart };
}

function readEntry(
  name: string,
  entry: unknown,
  dataLength: number,
): { dtype: SafeTensorsType; shape: readonly number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = isJsonObject(entry) ? entry : {};
  if (!isType(dtype)) {
    const types = Object.keys(ELEMENT_ARRAYS).join(", ");
    throw damaged(`dtype of "${name}" must be one of ${types}, got ${JSON.stringify(dtype)}`);
  }
  if (!isCounts(shape)) {
    throw damaged(`shape of "${name}" must be integers >= 0, got ${JSON.stringify(shape)}`);
  }
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || begin > end || end > dataLength) {
    throw damaged(
      `data_offsets of "${name}" must lie in the ${dataLength} bytes of data, got ${JSON.stringify(offsets)}`,
    );
  }
  const size = elements(shape) * width(dtype);
  if (end - begin !== size) {
    throw damaged(
      `data_offsets of "${name}" must span ${size} bytes for ${dtype} [${shape}], got ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

function checkPlaces(places: Place[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) throw damaged(`data of "${name}" must begin at byte ${covered}, got ${begin}`);
    covered = end;
  }
  if (covered !== dataLength) {
    throw damaged(`data must end with the last tensor at byte ${covered}, got ${dataLength} bytes`);
  }
}

function checkTensor(name: string, { dtype, shape, data }: SafeTensor): void {
  if (name === "__metadata__") {
    throw new RangeError('encodeSafetensors: a tensor must not be named "__metadata__"; rename it');
  }
  const Expected = ELEMENT_ARRAYS[dtype];
  if (!(data instanceof Expected)) {
    throw new TypeError(
      `encodeSafetensors: data of "${name}" must be a ${Expected.name} for ${dtype}, got ${data.constructor.name}`,
    );
  }
  if (elements(shape) !== data.length) {
    throw new RangeError(
      `encodeSafetensors: data of "${name}" must have ${elements(shape)} elements for shape [${shape}], got ${data.length}`,
    );
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function width(dtype: SafeTensorsType): number {
  return ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function isType(value: unknown): value is SafeTensorsType {
  return typeof value === "string" && Object.hasOwn(ELEMENT_ARRAYS, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function damaged(problem: string): Error {
  return new Error(printable(`decodeSafetensors: ${problem}; the file is damaged or not a safetensors file`));
}
