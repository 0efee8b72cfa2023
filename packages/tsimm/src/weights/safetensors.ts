/**
 * The safetensors format: 8 bytes of header length (little endian), a JSON header, the tensors' bytes.
 *
 * @see https://github.com/huggingface/safetensors (format description)
 */

/** Element types that state dicts use. */
export type SafeDtype = "F32" | "F64" | "I64" | "I32" | "U8";

/** A tensor of a safetensors file. */
export interface SafeTensor {
  readonly dtype: SafeDtype;
  readonly shape: readonly number[];
  /** Row-major elements. */
  readonly data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
}

/** Tensors by name, in file order. */
export type SafeTensors = ReadonlyMap<string, SafeTensor>;

/** A file that was read. */
export interface SafetensorsFile {
  readonly tensors: SafeTensors;
  /** The free-form `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const ARRAYS = {
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

/** Longest header that the format allows, in bytes. */
const MAX_HEADER = 100_000_000;

/**
 * Serializes tensors.
 *
 * @param tensors - In the order of the file.
 * @param metadata - Text by key.
 * @returns The bytes of the file; the tensors start at a multiple of 8.
 * @throws RangeError if a tensor's data has not as many elements as its shape says.
 */
export function encodeSafetensors(
  tensors: SafeTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements !== data.length) {
      throw new RangeError(`encodeSafetensors: ${name} must have ${elements} elements, got ${data.length}`);
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + length);
  let place = 8 + length;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a file.
 *
 * @param bytes - The whole file.
 * @returns Copies of the tensors, and the metadata.
 * @throws Error that names what is wrong: a file cut short, a header that is no JSON, offsets that overlap or leave
 * the file, a shape that does not fit, an element type that is not offered.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const header = parseHeader(bytes);
  const body = bytes.subarray(8 + header.length);
  const tensors = new Map<string, SafeTensor>();
  let end = 0;
  const entries = Object.entries(header.entries).map(([name, entry]) => ({
    name,
    ...checkEntry(name, entry),
  }));
  for (const { name, dtype, shape, from, to } of entries.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end || to > body.length) {
      throw damaged(`${name} lies at bytes ${from} to ${to}; ${end} to at most ${body.length} was expected`);
    }
    end = to;
    const copy = body.slice(from, to).buffer;
    tensors.set(name, { dtype, shape, data: new ARRAYS[dtype](copy) });
  }
  if (end !== body.length) throw damaged(`${body.length - end} bytes belong to no tensor`);
  return { tensors, metadata: header.metadata };
}

interface Header {
  readonly length: number;
  readonly entries: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, string>>;
}

function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, fewer than the 8 of the header length`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(Math.min(MAX_HEADER, bytes.length - 8))) {
    throw damaged(`its header has ${declared} bytes, the file ${bytes.length}`);
  }
  const length = Number(declared);
  const content = parseJson(bytes.subarray(8, 8 + length));
  if (!isRecord(content)) throw damaged("its header is no JSON object");
  const { __metadata__: metadata = {}, ...entries } = content;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw damaged("its metadata is no map of text");
  }
  return { length, entries, metadata: metadata as Record<string, string> };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged("its header is no JSON");
  }
}

function checkEntry(
  name: string,
  entry: unknown,
): { dtype: SafeDtype; shape: number[]; from: number; to: number } {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!isDtype(dtype))
    throw damaged(`${name} has the element type ${String(dtype)}, not ${Object.keys(ARRAYS).join(", ")}`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw damaged(`${name} has no valid shape and data_offsets`);
  }
  const [from = 0, to = 0] = offsets;
  const size = shape.reduce((product, side) => product * side, ARRAYS[dtype].BYTES_PER_ELEMENT);
  if (to - from !== size)
    throw damaged(`${name} has ${to - from} bytes, its shape [${shape.join(", ")}] needs ${size}`);
  return { dtype, shape, from, to };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is SafeDtype {
  return typeof value === "string" && Object.hasOwn(ARRAYS, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function damaged(reason: string): Error {
  return new Error(`decodeSafetensors: the file must be whole and valid, but ${reason}`);
}
