/** Bytes of a pickle, written one behind the other. */

/** Bytes at first; there are twice as many whenever they are full. */
const FIRST_SIZE = 4096;

/** Writes numbers and texts. */
export class PickleWriter {
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;

  /** What was written. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Bytes as they are. */
  raw(...bytes: readonly number[]): void {
    this.append(Uint8Array.from(bytes));
  }

  append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  /** GLOBAL: a name with its module. */
  name(module: string, name: string): void {
    this.append(new TextEncoder().encode(`c${module}\n${name}\n`));
  }

  /** BINUNICODE */
  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    const header = new DataView(new ArrayBuffer(5));
    header.setUint8(0, 0x58);
    header.setUint32(1, bytes.length, true);
    this.append(new Uint8Array(header.buffer));
    this.append(bytes);
  }

  /** BINFLOAT */
  float(value: number): void {
    const item = new DataView(new ArrayBuffer(9));
    item.setUint8(0, 0x47);
    item.setFloat64(1, value, false);
    this.append(new Uint8Array(item.buffer));
  }

  /** BININT, or LONG1 beyond 32 bits. */
  integer(value: number | bigint): void {
    const small = Number(value);
    if (small === (small | 0)) {
      const item = new DataView(new ArrayBuffer(5));
      item.setUint8(0, 0x4a);
      item.setInt32(1, small, true);
      this.append(new Uint8Array(item.buffer));
      return;
    }
    const bytes = littleEndian(BigInt(value));
    if (bytes.length > LONGEST_INTEGER) {
      throw new RangeError(
        `encodeTorchFile: an integer must have at most ${LONGEST_INTEGER} bytes, got ${bytes.length}`,
      );
    }
    this.raw(0x8a, bytes.length, ...bytes);
  }
}

/** Bytes of an integer, the most that LONG1 has room for. */
const LONGEST_INTEGER = 255;

/** Two's complement, as short as it can be. */
function littleEndian(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== (((bytes.at(-1) ?? 0) & 0x80) === 0 ? 0n : -1n));
  return bytes;
}
