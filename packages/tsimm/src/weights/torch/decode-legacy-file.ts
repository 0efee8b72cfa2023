/** Files of PyTorch before 1.6: pickles one behind the other, then the storages. */
import { MemoryBudget } from "./memory-budget.ts";
import { type PersistentId, readPersistentId } from "./persistent-id.ts";
import { isTuple, type PickleItem } from "./pickle-item.ts";
import { damaged, shown, TorchFileError } from "./torch-file-error.ts";
import { alignedBytes, bytesPerElement, TorchStorage } from "./torch-storage.ts";
import type { TorchValue } from "./torch-value.ts";
import { unpickle } from "./unpickle.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * Decodes the pickles of a magic number, a version, the writer's machine, the object and the keys of its storages, and
 * the storages: a length and the elements of each. A file that is one pickle of plain values is read too.
 *
 * @throws TorchFileError
 */
export function decodeLegacyFile(bytes: Uint8Array): TorchValue {
  const budget = new MemoryBudget(bytes.length);
  let at = 0;
  const next = (persistent: (id: PickleItem) => PickleItem = noStorage): TorchValue => {
    const { value, end } = unpickle(bytes, { budget, persistent, start: at });
    at = end;
    return value;
  };
  const magic = next();
  if (magic !== MAGIC) {
    if (at !== bytes.length) {
      throw damaged(`the pickle must end with the file, got ${bytes.length - at} bytes more`);
    }
    return magic;
  }
  const protocol = next();
  if (protocol !== PROTOCOL) {
    throw damaged(`protocol of the file must be ${PROTOCOL}, got ${shown(String(protocol))}`);
  }
  checkMachine(next());
  // The storages come behind the object that needs them: it is read twice.
  const object = at;
  const ids = new Map<string, PersistentId>();
  next((item) => {
    const id = readPersistentId(item);
    ids.set(id.key, id);
    return new TorchStorage(id.dtype, partOf(id).length, null);
  });
  const keys = next();
  const storages = readStorages(bytes, at, keys, ids);
  at = object;
  return next((item) => {
    const id = readPersistentId(item);
    const { begin, length } = partOf(id);
    const width = bytesPerElement(id.dtype);
    const stored = storages.get(id.key);
    if (stored === undefined || (begin + length) * width > stored.length) {
      throw damaged(`storage "${shown(id.key)}" must be in the file`);
    }
    return new TorchStorage(id.dtype, length, stored.subarray(begin * width, (begin + length) * width));
  });
}

function noStorage(): never {
  throw damaged("a pickle that is the whole file must not refer to storages");
}

function checkMachine(machine: TorchValue): void {
  if (machine instanceof Map && machine.get("little_endian") === true) return;
  throw new TorchFileError("its byte order is not little-endian, and only such files are read");
}

/** A storage may be a part of another one. */
function partOf({ view, length }: PersistentId): { begin: number; length: number } {
  if (view === null || view === undefined) return { begin: 0, length };
  const [, begin, size] = isTuple(view) ? view : [];
  if (!isCount(begin) || !isCount(size)) throw damaged("a part of a storage must have a place and a length");
  return { begin, length: size };
}

function readStorages(
  bytes: Uint8Array,
  start: number,
  keys: TorchValue,
  ids: ReadonlyMap<string, PersistentId>,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  if (!Array.isArray(keys)) throw damaged("keys of the storages must be a list");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = start;
  for (const key of keys) {
    const id = typeof key === "string" ? ids.get(key) : undefined;
    if (id === undefined || storages.has(id.key)) {
      throw damaged("keys must be those of the storages, each once");
    }
    if (at + 8 > bytes.length) {
      throw damaged(`storage "${shown(id.key)}" must be in the file; was it cut off?`);
    }
    const length = view.getBigInt64(at, true);
    const size = id.length * bytesPerElement(id.dtype);
    if (length !== BigInt(id.length)) {
      throw damaged(`storage "${shown(id.key)}" must have ${id.length} elements, got ${length}`);
    }
    at += 8;
    if (at + size > bytes.length) {
      throw damaged(`storage "${shown(id.key)}" must have ${size} bytes; was the file cut off?`);
    }
    storages.set(id.key, alignedBytes(bytes.subarray(at, at + size)));
    at += size;
  }
  return storages;
}

function isCount(item: PickleItem | undefined): item is number {
  return typeof item === "number" && Number.isSafeInteger(item) && item >= 0;
}
