/** The bytes of a pickle, read from the front. */
import { damaged } from "./torch-file-error.ts";

/** Longest name of a module or a class, in bytes. */
const LONGEST_LINE = 1024;
/** Longest text, in bytes: a JavaScript string has no room for more than 2^29 characters. */
const LONGEST_TEXT = 2 ** 26;

const NEWLINE = 0x0a;

/** Reads numbers and texts one behind the other. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Place of the next byte. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** A length; beyond 2^53 it is rounded, which no file is long enough to notice. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#step(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#step(8), false);
  }

  /** The next bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.#step(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Text in UTF-8. */
  text(length: number): string {
    const bytes = this.take(checkedText(length));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw damaged(`text at byte ${this.at - length} of the pickle must be UTF-8`);
    }
  }

  /** Text of Python 2, a character a byte. */
  latin1(length: number): string {
    return fromLatin1(this.take(checkedText(length)));
  }

  /** Text up to the end of a line. */
  line(): string {
    const window = this.#bytes.subarray(this.at, this.at + LONGEST_LINE);
    const length = window.indexOf(NEWLINE);
    if (length < 0) throw damaged(`the name at byte ${this.at} of the pickle does not end`);
    const line = this.text(length);
    this.at++;
    return line;
  }

  #step(length: number): number {
    const start = this.at;
    if (!(length <= this.#bytes.length - start)) {
      throw damaged(`the pickle ends at byte ${this.#bytes.length}, within what begins at byte ${start}`);
    }
    this.at += length;
    return start;
  }
}

function checkedText(length: number): number {
  if (length <= LONGEST_TEXT) return length;
  throw damaged(`a text must have at most ${LONGEST_TEXT} bytes, got ${length}`);
}

/** Text of bytes, a character each; TextDecoder's "latin1" is windows-1252. */
function fromLatin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 4096) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  }
  return pieces.join("");
}
