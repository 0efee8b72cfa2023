/** Loops over pixels in WebAssembly. */
import { type PixelsExports, pixelsModule } from "../../wasm/generated/pixels.ts";
import { instantiate } from "../../wasm/instantiate.ts";
import { LoopMemory } from "../../wasm/loop-memory.ts";

/** The loops and their memory. */
export interface PixelLoops {
  readonly loops: PixelsExports;
  readonly memory: Uint8Array<ArrayBuffer>;
}

let instance: { readonly loops: PixelsExports; readonly memory: LoopMemory } | undefined;

/**
 * The loops with a memory in which a caller may write as it likes, until someone else asks for it.
 *
 * @param size - Bytes that are needed.
 */
export function pixelLoops(size: number): PixelLoops {
  if (!instance) {
    const loops = instantiate<PixelsExports>(pixelsModule);
    instance = { loops, memory: new LoopMemory(loops.memory) };
  }
  return { loops: instance.loops, memory: instance.memory.ofSize(size) };
}
