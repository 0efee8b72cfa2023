import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { bytesOf, name, pickleOf, text } from "./pickles.fixture.ts";

const golden = (file: string): Promise<Buffer> =>
  readFile(new URL(`../../../../../test/golden/torch-files/${file}`, import.meta.url));

const MAGIC = pickleOf("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
const PROTOCOL = pickleOf("M\xe9\x03");
const little = (opcode: string): Uint8Array => pickleOf("}", text("little_endian"), opcode, "s");

interface StorageOpcodes {
  readonly length?: number;
  readonly view?: string | Uint8Array;
  readonly size?: number;
}

/** A storage, and the whole of it as a tensor. */
const tensor = (key: string, { length = 2, view = "N", size = length }: StorageOpcodes = {}): Uint8Array =>
  bytesOf([
    ...[name("torch._utils", "_rebuild_tensor"), "((", text("storage"), name("torch", "FloatStorage")],
    ...[text(key), text("cpu"), "K", length, view, "tQK\0K", size, "\x85K\x01\x85tR"],
  ]);

const stored = (...numbers: readonly number[]): Uint8Array => {
  const length = Buffer.alloc(8);
  length.writeBigInt64LE(BigInt(numbers.length));
  return Buffer.concat([length, new Uint8Array(Float32Array.from(numbers).buffer)]);
};

const keysOf = (...keys: readonly string[]): Uint8Array => pickleOf("](", ...keys.map(text), "e");
const file = (...parts: readonly Uint8Array[]): Uint8Array =>
  bytesOf([MAGIC, PROTOCOL, little("\x88"), ...parts]);

test("storages are in the order of their keys, at any byte", () => {
  const object = pickleOf("(", tensor("a"), tensor("bc", { length: 3 }), text("odd"), "t");
  const value = decodeTorchFile(file(object, keysOf("bc", "a"), stored(1, 2, 3), stored(4, 5)));
  expect(value).toMatchObject([{ data: Float32Array.of(4, 5) }, { data: Float32Array.of(1, 2, 3) }, "odd"]);
});

test("a storage may be a part of another", () => {
  const view = bytesOf([text("v"), "K\x01K\x02\x87"]);
  const object = pickleOf("(", tensor("a", { length: 4, view, size: 2 }), tensor("a", { length: 4 }), "t");
  const value = decodeTorchFile(file(object, keysOf("a"), stored(1, 2, 3, 4)));
  expect(value).toMatchObject([{ data: Float32Array.of(2, 3) }, { data: Float32Array.of(1, 2, 3, 4) }]);
});

const damage = "it is damaged or not a file of PyTorch: ";
const beyond = bytesOf([text("v"), "K\x01K\x02\x87"]);

test.each<[string, Uint8Array, string]>([
  [
    "another protocol",
    bytesOf([MAGIC, pickleOf("K\x01")]),
    `${damage}protocol of the file must be 1001, got 1`,
  ],
  [
    "big-endian numbers",
    bytesOf([MAGIC, PROTOCOL, little("\x89")]),
    "its byte order is not little-endian, and only such files are read",
  ],
  ["no keys", file(pickleOf("N"), pickleOf("N")), `${damage}keys of the storages must be a list`],
  [
    "a key too many",
    file(pickleOf("N"), keysOf("a"), stored(1)),
    `${damage}keys must be those of the storages, each once`,
  ],
  [
    "a key twice",
    file(pickleOf(tensor("a")), keysOf("a", "a"), stored(1, 2), stored(1, 2)),
    `${damage}keys must be those of the storages, each once`,
  ],
  ["a key too few", file(pickleOf(tensor("a")), keysOf()), `${damage}storage "a" must be in the file`],
  [
    "a storage too few",
    file(pickleOf(tensor("a")), keysOf("a")),
    `${damage}storage "a" must be in the file; was it cut off?`,
  ],
  [
    "half a storage",
    file(pickleOf(tensor("a")), keysOf("a"), stored(1, 2).subarray(0, 12)),
    `${damage}storage "a" must have 8 bytes; was the file cut off?`,
  ],
  [
    "a storage of another length",
    file(pickleOf(tensor("a")), keysOf("a"), stored(1, 2, 3)),
    `${damage}storage "a" must have 2 elements, got 3`,
  ],
  [
    "a part beyond its storage",
    file(pickleOf(tensor("a", { view: beyond })), keysOf("a"), stored(1, 2)),
    `${damage}storage "a" must be in the file`,
  ],
  [
    "a part that is none",
    file(pickleOf(tensor("a", { view: "K\x01" })), keysOf("a"), stored(1, 2)),
    `${damage}a part of a storage must have a place and a length`,
  ],
])("a file with %s is refused", (_, bytes, message) => {
  expect(() => decodeTorchFile(bytes)).toThrow(message);
});

test("a file that was cut off is refused wherever", async () => {
  const bytes = await golden("tensors-legacy.pth");
  for (let length = 1; length < bytes.length; length += 7) {
    expect(() => decodeTorchFile(bytes.subarray(0, length)), `${length} bytes`).toThrow(
      /is damaged|more bytes|\.$/,
    );
  }
});
