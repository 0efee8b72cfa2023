/** Writes values as a pickle of protocol 2 that PyTorch reads with `weights_only=True`. */

import { ELEMENT_ARRAYS } from "../element-arrays.ts";
import type { SafeTensorsType } from "../safetensors.ts";
import { PickleWriter } from "./pickle-writer.ts";
import { STORAGE_TYPES } from "./storage-types.ts";
import { PythonFloat, type TorchDict, TorchNamespace, TorchTensor, type TorchValue } from "./torch-value.ts";

/** Most containers inside one another. */
const DEEPEST = 256;

const [MARK, STOP, NONE, TRUE, FALSE] = [0x28, 0x2e, 0x4e, 0x88, 0x89];
const [EMPTY_LIST, APPENDS, EMPTY_DICT, SETITEMS] = [0x5d, 0x65, 0x7d, 0x75];
const [EMPTY_TUPLE, TUPLE, REDUCE, BINPERSID] = [0x29, 0x74, 0x52, 0x51];

/** A pickle, and the tensors that it refers to by their places in the list. */
export interface Pickled {
  readonly bytes: Uint8Array;
  readonly tensors: readonly TorchTensor[];
}

/**
 * Pickles a value.
 *
 * @throws TypeError for what cannot be written; RangeError if it is too deep, or a tensor's array does not fit its shape.
 */
export function pickle(value: TorchValue): Pickled {
  const writer = new PickleWriter();
  const tensors: TorchTensor[] = [];
  writer.raw(0x80, 2);
  write(value, { writer, tensors, level: 0 });
  writer.raw(STOP);
  return { bytes: writer.bytes, tensors };
}

interface Writing {
  readonly writer: PickleWriter;
  readonly tensors: TorchTensor[];
  readonly level: number;
}

function write(value: TorchValue, writing: Writing): void {
  const { writer } = writing;
  if (value === null) writer.raw(NONE);
  else if (typeof value === "boolean") writer.raw(value ? TRUE : FALSE);
  else if (typeof value === "bigint") writer.integer(value);
  else if (typeof value === "number") writeNumber(value, writer);
  else if (typeof value === "string") writeText(value, writer);
  else if (value instanceof PythonFloat) writer.float(value.value);
  else if (value instanceof Uint8Array) writeBytes(value, writer);
  else if (value instanceof TorchTensor) writeTensor(value, writing);
  else if (isDict(value)) writeDict(value, deeper(writing));
  else if (Array.isArray(value)) writeList(value, deeper(writing));
  else throw new TypeError(`encodeTorchFile: value must be ${ALLOWED}, got ${kindOf(value)}`);
}

const ALLOWED =
  "null, a boolean, a number, a bigint, text, bytes, a TorchTensor, an array or a Map (of a TorchNamespace its entries)";

function kindOf(value: unknown): string {
  if (value instanceof TorchNamespace) return "a TorchNamespace";
  return typeof value === "object" ? (value?.constructor.name ?? "an object") : typeof value;
}

function isDict(value: TorchValue): value is TorchDict {
  return value instanceof Map;
}

function deeper(writing: Writing): Writing {
  const level = writing.level + 1;
  if (level > DEEPEST) {
    throw new RangeError(
      `encodeTorchFile: arrays and Maps must be at most ${DEEPEST} deep; does one contain itself?`,
    );
  }
  return { ...writing, level };
}

function writeNumber(value: number, writer: PickleWriter): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.integer(value);
  else writer.float(value);
}

function writeText(value: string, writer: PickleWriter): void {
  if (/\p{Surrogate}/u.test(value)) {
    throw new TypeError("encodeTorchFile: text must be well-formed Unicode, got half a pair of surrogates");
  }
  writer.text(value);
}

/** As Python does in protocol 2: text of one character a byte. */
function writeBytes(value: Uint8Array, writer: PickleWriter): void {
  const characters: string[] = [];
  for (const byte of value) characters.push(String.fromCharCode(byte));
  writer.name("_codecs", "encode");
  writer.raw(MARK);
  writer.text(characters.join(""));
  writer.text("latin1");
  writer.raw(TUPLE, REDUCE);
}

function writeList(items: readonly TorchValue[], writing: Writing): void {
  const { writer } = writing;
  writer.raw(EMPTY_LIST, MARK);
  for (const item of items) write(item, writing);
  writer.raw(APPENDS);
}

function writeDict(dict: TorchDict, writing: Writing): void {
  const { writer } = writing;
  writer.raw(EMPTY_DICT, MARK);
  for (const [key, value] of dict) {
    write(key, writing);
    write(value, writing);
  }
  writer.raw(SETITEMS);
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks)` */
function writeTensor(tensor: TorchTensor, { writer, tensors }: Writing): void {
  const { dtype, shape, data } = tensor;
  const length = shape.reduce((product, size) => product * size, 1);
  if (!(data instanceof ELEMENT_ARRAYS[dtype] && data.length === length)) {
    throw new RangeError(
      `encodeTorchFile: data of a tensor must be a ${ELEMENT_ARRAYS[dtype].name} of ${length} elements for ${dtype} [${shape}], got a ${data.constructor.name} of ${data.length}`,
    );
  }
  writer.name("torch._utils", "_rebuild_tensor_v2");
  writer.raw(MARK, MARK);
  writer.text("storage");
  writer.name("torch", storageName(dtype));
  writer.text(String(tensors.length));
  writer.text("cpu");
  writer.integer(length);
  writer.raw(TUPLE, BINPERSID);
  writer.integer(0);
  writeTuple(shape, writer);
  writeTuple(stridesOf(shape), writer);
  writer.raw(FALSE);
  writer.name("collections", "OrderedDict");
  writer.raw(EMPTY_TUPLE, REDUCE, TUPLE, REDUCE);
  tensors.push(tensor);
}

function writeTuple(items: readonly number[], writer: PickleWriter): void {
  writer.raw(MARK);
  for (const item of items) writer.integer(item);
  writer.raw(TUPLE);
}

/** In row-major order; beside a dimension of no elements as if it had one, as PyTorch. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= Math.max(size, 1);
  }
  return strides;
}

function storageName(dtype: SafeTensorsType): string {
  const [name] = [...STORAGE_TYPES].find(([, type]) => type === dtype) ?? [];
  return String(name);
}
