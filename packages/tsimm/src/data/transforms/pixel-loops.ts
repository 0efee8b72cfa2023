/** Loops over pixels in WebAssembly. */
import { type PixelsExports, pixelsModule } from "../../wasm/generated/pixels.ts";
import { instantiate } from "../../wasm/instantiate.ts";

/** The loops and their memory, of which the addresses are offsets into `memory`. */
export interface PixelLoops {
  readonly loops: PixelsExports;
  readonly memory: Uint8Array<ArrayBuffer>;
}

/** Bytes after the end of its pixels that a loop may touch. */
export const LOOP_MARGIN = 16;

/** Bytes by which the memory grows. */
const PAGE = 65_536;

let loops: PixelsExports | undefined;
let memory = new Uint8Array();

/**
 * The loops with a memory in which a caller may write as it likes, until someone else asks for it.
 *
 * @param size - Bytes that are needed.
 */
export function pixelLoops(size: number): PixelLoops {
  loops ??= instantiate<PixelsExports>(pixelsModule);
  if (memory.length < size) {
    loops.memory.grow(Math.ceil((size - memory.length) / PAGE));
    memory = new Uint8Array(loops.memory.buffer);
  }
  return { loops, memory };
}

/** Places in the memory of the loops, one after another. */
export class Places {
  #size = 0;

  /** Bytes of all places. */
  get size(): number {
    return this.#size;
  }

  /**
   * The address of a new place: a multiple of 16, with {@link LOOP_MARGIN} after its end.
   *
   * @param bytes - Its length.
   */
  take(bytes: number): number {
    const address = this.#size;
    this.#size += 16 * Math.ceil((bytes + LOOP_MARGIN) / 16);
    return address;
  }
}
