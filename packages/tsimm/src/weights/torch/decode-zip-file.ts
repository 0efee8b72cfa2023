/** Files of PyTorch since 1.6: zip archives. */
import { MemoryBudget } from "./memory-budget.ts";
import { readPersistentId } from "./persistent-id.ts";
import { damaged, shown, TorchFileError } from "./torch-file-error.ts";
import { alignedBytes, bytesPerElement, TorchStorage } from "./torch-storage.ts";
import type { TorchValue } from "./torch-value.ts";
import { readTorchZip } from "./torch-zip.ts";
import { unpickle } from "./unpickle.ts";

const PICKLE = /^([^/]+)\/data\.pkl$/;

/**
 * Decodes an archive: `<root>/data.pkl` and its storages `<root>/data/<key>`.
 *
 * @throws TorchFileError
 */
export function decodeZipFile(bytes: Uint8Array): TorchValue {
  const entries = readTorchZip(bytes);
  const [root, second] = [...entries.keys()].flatMap((name) => PICKLE.exec(name)?.slice(1) ?? []);
  if (root === undefined || second !== undefined) {
    throw damaged(`the archive must have one data.pkl, got ${root === undefined ? "none" : "several"}`);
  }
  if (entries.has(`${root}/constants.pkl`)) {
    throw new TorchFileError(
      'it is a TorchScript archive; in Python save the weights alone: torch.save(torch.jit.load(FILE).state_dict(), "weights.pth")',
    );
  }
  const entry = (name: string): Uint8Array | undefined => plainEntry(entries, `${root}/${name}`);
  checkByteOrder(entry("byteorder"));
  const storages = new Map<string, Uint8Array<ArrayBuffer>>();
  const { value } = unpickle(entry("data.pkl") ?? new Uint8Array(0), {
    budget: new MemoryBudget(bytes.length),
    persistent: (id) => {
      const { dtype, key, length } = readPersistentId(id);
      const stored = storages.get(key) ?? entry(`data/${key}`);
      if (stored === undefined) throw damaged(`the archive must have the storage "${shown(key)}"`);
      const expected = length * bytesPerElement(dtype);
      if (stored.length !== expected) {
        throw damaged(`storage "${shown(key)}" must have ${expected} bytes, got ${stored.length}`);
      }
      const aligned = alignedBytes(stored);
      storages.set(key, aligned);
      return new TorchStorage(dtype, length, aligned);
    },
  });
  return value;
}

function plainEntry(entries: ReadonlyMap<string, Uint8Array | null>, name: string): Uint8Array | undefined {
  const bytes = entries.get(name);
  if (bytes !== null) return bytes;
  throw new TorchFileError(
    `its entry "${shown(name)}" is compressed or encrypted, which PyTorch does not do; unpack it and zip it without`,
  );
}

function checkByteOrder(entry: Uint8Array | undefined): void {
  const order = entry === undefined ? "little" : new TextDecoder().decode(entry.subarray(0, 16));
  if (order !== "little") {
    throw new TorchFileError(`its byte order is "${shown(order)}", and only little-endian files are read`);
  }
}
