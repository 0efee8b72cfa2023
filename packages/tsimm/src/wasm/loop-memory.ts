/** Memory of compiled loops. */

/** Bytes after the end of a place that a loop may touch. */
export const LOOP_MARGIN = 16;

/** Bytes by which the memory grows. */
const PAGE = 65_536;

/** The memory of an instance, which grows as needed and never shrinks. */
export class LoopMemory {
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array<ArrayBuffer>;

  /** @param memory - The instance's. */
  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /**
   * All of the memory, in which a caller may write as it likes until someone else asks for it.
   *
   * @param size - Bytes that are needed.
   * @throws RangeError if there is no more memory.
   */
  ofSize(size: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < size) {
      this.#memory.grow(Math.ceil((size - this.#bytes.length) / PAGE));
      this.#bytes = new Uint8Array(this.#memory.buffer);
    }
    return this.#bytes;
  }
}

/** Places in the memory of loops, one after another. */
export class Places {
  #size: number;

  /** @param start - First address that is free. */
  constructor(start = 0) {
    this.#size = start;
  }

  /** Bytes of memory up to the end of the last place. */
  get size(): number {
    return this.#size;
  }

  /**
   * The address of a new place: a multiple of 16 if the first was, with {@link LOOP_MARGIN} after its end.
   *
   * @param bytes - Its length.
   */
  take(bytes: number): number {
    const address = this.#size;
    this.#size += 16 * Math.ceil((bytes + LOOP_MARGIN) / 16);
    return address;
  }
}
