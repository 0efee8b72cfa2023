import { readFile } from "node:fs/promises";
import { type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { archive, pickleOf, tensor } from "./pickles.fixture.ts";
import { readTorchZip } from "./torch-zip.ts";

const golden = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../../../test/golden/torch-files/${name}`, import.meta.url));

const DIRECTORY = Buffer.from("PK\x01\x02");
const END = Buffer.from("PK\x05\x06");

/** A good archive after a change of its bytes. */
function changed(change: (bytes: Buffer, directory: number, end: number) => void): Uint8Array {
  const bytes = Buffer.from(archive(pickleOf("N"), { other: Uint8Array.of(1, 2, 3) }));
  change(bytes, bytes.indexOf(DIRECTORY), bytes.lastIndexOf(END));
  return bytes;
}

const second = (bytes: Buffer, directory: number): number => bytes.indexOf(DIRECTORY, directory + 4);

test("numbers of 64 bits are read, of entries and of the end", async () => {
  const [small, large] = [await golden("state-dict.pth"), await golden("zip64.pth")];
  const expected = decodeTorchFile(small);
  expect(decodeTorchFile(large)).toEqual(expected);
  large.fill(0xff, large.length - 14, large.length - 2);
  expect(decodeTorchFile(large)).toEqual(expected);
  large.fill(0, large.length - 42, large.length - 38);
  expect(() => decodeTorchFile(large)).toThrow(
    "the directory must lie in the file of 1751 bytes, got 46 bytes at 4294967295",
  );
});

test("a comment at the end, and bytes between the entries, are passed over", () => {
  const bytes = archive(pickleOf("N"));
  const comment = Buffer.concat([bytes, Buffer.from("a comment")]);
  comment.writeUInt16LE(9, bytes.length - 2);
  expect(decodeTorchFile(comment)).toBe(null);
});

const damage = "it is damaged or not a file of PyTorch: ";
const two = { "x/data.pkl": pickleOf("N"), "y/data.pkl": pickleOf("N") };

test.each<[string, Uint8Array, string]>([
  [
    "no directory",
    archive(pickleOf("N")).subarray(0, -10),
    "the archive has no directory; was the file cut off?",
  ],
  ["only a beginning", Buffer.from("PK\x03\x04"), "the archive has no directory; was the file cut off?"],
  ["no pickle", zipSync({ a: pickleOf("N") }, { level: 0 }), "the archive must have one data.pkl, got none"],
  ["two pickles", zipSync(two, { level: 0 }), "the archive must have one data.pkl, got several"],
  [
    "too many entries",
    changed((bytes, _, end) => bytes.writeUInt16LE(3, end + 10)),
    "the directory must lie in the file of 215 bytes, got 46 bytes at 193",
  ],
  [
    "a directory beyond the end",
    changed((bytes, _, end) => bytes.writeUInt32LE(0xfffffff0, end + 16)),
    "the directory must lie in the file of",
  ],
  [
    "entries that overlap",
    changed((bytes, directory) => bytes.writeUInt32LE(0, second(bytes, directory) + 42)),
    "entries of the archive must not overlap",
  ],
  [
    "an entry that begins elsewhere",
    changed((bytes, directory) => bytes.writeUInt32LE(7, second(bytes, directory) + 42)),
    'entry "x/other" must begin at byte 7',
  ],
  [
    "an entry beyond the end",
    changed((bytes, directory) => {
      bytes.writeUInt32LE(5000, second(bytes, directory) + 20);
      bytes.writeUInt32LE(5000, second(bytes, directory) + 24);
    }),
    'entry "x/other" must lie in the file of',
  ],
  [
    "an entry of two sizes",
    changed((bytes, directory) => bytes.writeUInt32LE(2, second(bytes, directory) + 24)),
    'entry "x/other" must have 2 bytes, got 3',
  ],
])("an archive with %s is refused", (_, bytes, message) => {
  expect(() => decodeTorchFile(bytes)).toThrow(`${damage}${message}`);
});

test("an archive with a name twice is refused", () => {
  const bytes = Buffer.from(archive(pickleOf("N"), { "data.pkm": pickleOf("N") }));
  for (let at = bytes.indexOf("data.pkm"); at >= 0; at = bytes.indexOf("data.pkm"))
    bytes.write("data.pkl", at);
  expect(() => decodeTorchFile(bytes)).toThrow(
    'the archive must have each name once, got "x/data.pkl" twice',
  );
});

test("what is compressed or encrypted is refused where it is needed, before it is unpacked", () => {
  const bomb: Zippable = { "x/data.pkl": [pickleOf(tensor()), { level: 9 }], "x/data/0": new Uint8Array(24) };
  expect(() => decodeTorchFile(zipSync(bomb))).toThrow(
    'the file is not read: its entry "x/data.pkl" is compressed or encrypted, which PyTorch does not do; unpack it and zip it without',
  );
  const code: Zippable = { "x/data.pkl": [pickleOf("N"), { level: 0 }], "x/code/a.py": new Uint8Array(1000) };
  expect(decodeTorchFile(zipSync(code))).toBe(null);
  const encrypted = changed((bytes, directory) => bytes.writeUInt16LE(1, directory + 8));
  expect(() => decodeTorchFile(encrypted)).toThrow('its entry "x/data.pkl" is compressed or encrypted');
});

test("a storage that is not there, and another byte order, are refused", () => {
  expect(() => decodeTorchFile(archive(pickleOf(tensor())))).toThrow('the archive must have the storage "0"');
  const big = archive(pickleOf("N"), { byteorder: Buffer.from("big") });
  expect(() => decodeTorchFile(big)).toThrow(
    'its byte order is "big", and only little-endian files are read',
  );
});

test("entries are views of the archive", () => {
  const bytes = archive(pickleOf("N"), { other: Uint8Array.of(1, 2, 3) });
  const entry = readTorchZip(bytes).get("x/other");
  expect(entry).toEqual(Uint8Array.of(1, 2, 3));
  expect(entry?.buffer).toBe(bytes.buffer);
});
