/** Writes files as `torch.save` does. */
import { type Zippable, zipSync } from "fflate";
import { pickle } from "./pickle.ts";
import type { TorchTensor, TorchValue } from "./torch-value.ts";

/** Folder of the entries. */
const ROOT = "archive";
/** Storages begin at a multiple of so many bytes. */
const ALIGNMENT = 64;
/** Length of an entry's own header, but for its name and its extra field. */
const HEADER_LENGTH = 30;
/** Extra field that moves an entry's bytes: PyTorch's "FB". */
const PADDING = 0x4246;
/** The first day of zip archives: the same value gives the same bytes. */
const DATE = new Date(1980, 0, 1);
/** Most entries of an archive with a count of 16 bits, beside those that are not tensors. */
const MOST_TENSORS = 2 ** 16 - 4;
/** Largest archive with numbers of 32 bits. */
const LARGEST = 2 ** 32 - 1;

/**
 * Encodes a value as PyTorch's zip archive; `torch.load` reads it, with `weights_only=True` too.
 *
 * Lists, sets and tuples are written as lists, and every tensor gets a storage of its own. The same value gives the same
 * bytes.
 *
 * @throws TypeError for a namespace, which `weights_only=True` does not allow, and for what is no value; RangeError if
 * lists and dicts are too deep or contain themselves, or the file would have 4 GiB or more, or 65,533 tensors.
 * @example
 * const bytes = encodeTorchFile(new Map([["epoch", 3]]));
 * String.fromCharCode(...bytes.subarray(0, 2)); // => "PK"
 */
export function encodeTorchFile(value: TorchValue): Uint8Array {
  const { bytes, tensors } = pickle(value);
  if (tensors.length > MOST_TENSORS) {
    throw new RangeError(
      `encodeTorchFile: there must be at most ${MOST_TENSORS} tensors, got ${tensors.length}; write them in several files`,
    );
  }
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const entries: [string, Uint8Array][] = [
    ["data.pkl", bytes],
    ["byteorder", text("little")],
    ...tensors.map((tensor, key): [string, Uint8Array] => [`data/${key}`, bytesOf(tensor)]),
    ["version", text("3\n")],
  ];
  const files: Zippable = {};
  let at = 0;
  for (const [name, content] of entries) {
    const path = `${ROOT}/${name}`;
    const fields = at + HEADER_LENGTH + path.length + 4;
    const padding = (ALIGNMENT - (fields % ALIGNMENT)) % ALIGNMENT;
    files[path] = [content, { level: 0, mtime: DATE, extra: { [PADDING]: new Uint8Array(padding) } }];
    at = fields + padding + content.length;
    // The directory repeats names and extra fields.
    if (!(at + entries.length * 2 * ALIGNMENT <= LARGEST)) {
      throw new RangeError(
        "encodeTorchFile: tensors must have less than 4 GiB together; write them in several files",
      );
    }
  }
  return zipSync(files);
}

function bytesOf({ data }: TorchTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
