/**
 * The entries of a zip archive that stores them as they are, as PyTorch's do.
 *
 * Not fflate's `unzipSync`: it copies every entry, and does not see that entries overlap or have one name.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { damaged, shown } from "./torch-file-error.ts";

const END = 0x06054b50;
const END_LENGTH = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_LENGTH = 20;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_LENGTH = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_LENGTH = 30;
/** A comment at the end is at most this long. */
const LONGEST_COMMENT = 0xffff;
/** A number of 16 or 32 bits that says: see the one of 64 bits. */
const SEE64 = { short: 0xffff, long: 0xffffffff } as const;
/** Extra field with the numbers of 64 bits. */
const EXTRA64 = 1;
/** Most entries: each tensor has one. */
const MOST_ENTRIES = 2 ** 20;

interface Entry {
  readonly name: string;
  /** Bytes in the archive. */
  readonly stored: number;
  /** Whether they are the entry's bytes as they are. */
  readonly plain: boolean;
  /** Place of its header. */
  readonly header: number;
}

/**
 * Reads the directory of an archive.
 *
 * @returns The bytes of each entry by its name, not copied; null: they are compressed or encrypted.
 * @throws TorchFileError if it is damaged; checksums are not looked at, as PyTorch does not.
 */
export function readTorchZip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { directory, count } = findDirectory(view);
  if (count > MOST_ENTRIES) {
    throw damaged(`the archive must have at most ${MOST_ENTRIES} entries, got ${count}`);
  }
  const entries = new Map<string, Uint8Array | null>();
  const places: { begin: number; end: number }[] = [];
  let at = directory;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(view, at);
    if (entries.has(entry.name)) {
      throw damaged(`the archive must have each name once, got "${shown(entry.name)}" twice`);
    }
    const begin = dataOf(view, entry);
    const end = begin + entry.stored;
    entries.set(entry.name, entry.plain ? bytes.subarray(begin, end) : null);
    places.push({ begin: entry.header, end });
    at = next;
  }
  places.sort((a, b) => a.begin - b.begin);
  let covered = 0;
  for (const { begin, end } of places) {
    if (begin < covered) throw damaged("entries of the archive must not overlap");
    covered = end;
  }
  return entries;
}

function findDirectory(view: DataView): { directory: number; count: number } {
  const first = Math.max(0, view.byteLength - END_LENGTH - LONGEST_COMMENT);
  for (let at = view.byteLength - END_LENGTH; at >= first; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const count = view.getUint16(at + 10, true);
    const directory = view.getUint32(at + 16, true);
    if (count !== SEE64.short && directory !== SEE64.long) return { directory, count };
    const locator = at - LOCATOR64_LENGTH;
    if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64) return { directory, count };
    const end = long(view, locator + 8);
    checkInside(view, end, 56, "the end of the directory");
    if (view.getUint32(end, true) !== END64) {
      throw damaged("the archive's directory of 64 bits is not where it should be");
    }
    return { directory: long(view, end + 48), count: long(view, end + 32) };
  }
  throw damaged("the archive has no directory; was the file cut off?");
}

function readEntry(view: DataView, at: number): { entry: Entry; next: number } {
  checkInside(view, at, DIRECTORY_ENTRY_LENGTH, "the directory");
  if (view.getUint32(at, true) !== DIRECTORY_ENTRY) {
    throw damaged(`the archive's directory has no entry at byte ${at}`);
  }
  const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const next = at + DIRECTORY_ENTRY_LENGTH + nameLength + extraLength + view.getUint16(at + 32, true);
  checkInside(view, at, next - at, "the directory");
  const nameAt = at + DIRECTORY_ENTRY_LENGTH;
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + nameAt, nameLength));
  const encrypted = (view.getUint16(at + 8, true) & 1) !== 0;
  const plain = !encrypted && view.getUint16(at + 10, true) === 0;
  const extra = nameAt + nameLength;
  const [size = 0, stored = 0, header = 0] = longNumbers(view, extra, extra + extraLength, [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ]);
  if (plain && stored !== size) {
    throw damaged(`entry "${shown(name)}" must have ${size} bytes, got ${stored}`);
  }
  return { entry: { name, stored, plain, header }, next };
}

/** Numbers of the directory; those that do not fit in 32 bits stand in an extra field, in this order. */
function longNumbers(view: DataView, start: number, end: number, numbers: readonly number[]): number[] {
  let at = start;
  while (at + 4 <= end && view.getUint16(at, true) !== EXTRA64) at += 4 + view.getUint16(at + 2, true);
  const fieldEnd = at + 4 <= end ? Math.min(end, at + 4 + view.getUint16(at + 2, true)) : at;
  let next = at + 4;
  return numbers.map((number) => {
    if (number !== SEE64.long || next + 8 > fieldEnd) return number;
    next += 8;
    return long(view, next - 8);
  });
}

/** Place of an entry's bytes: behind its own header, which may be longer than the directory says. */
function dataOf(view: DataView, { name, header, stored }: Entry): number {
  checkInside(view, header, LOCAL_HEADER_LENGTH, `entry "${shown(name)}"`);
  if (view.getUint32(header, true) !== LOCAL_HEADER) {
    throw damaged(`entry "${shown(name)}" must begin at byte ${header}`);
  }
  const begin =
    header + LOCAL_HEADER_LENGTH + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  checkInside(view, begin, stored, `entry "${shown(name)}"`);
  return begin;
}

function checkInside(view: DataView, at: number, length: number, what: string): void {
  if (at + length <= view.byteLength) return;
  throw damaged(`${what} must lie in the file of ${view.byteLength} bytes, got ${length} bytes at ${at}`);
}

function long(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
