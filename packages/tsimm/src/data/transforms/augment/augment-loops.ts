/** Loops of augmentations in WebAssembly. */
import { type AugmentExports, augmentModule } from "../../../wasm/generated/augment.ts";
import { instantiate } from "../../../wasm/instantiate.ts";
import { LoopMemory } from "../../../wasm/loop-memory.ts";

/** The loops and their memory. */
export interface AugmentLoops {
  readonly loops: AugmentExports;
  readonly memory: Uint8Array<ArrayBuffer>;
}

let instance: { readonly loops: AugmentExports; readonly memory: LoopMemory } | undefined;

/**
 * The loops with a memory in which a caller may write as it likes, until someone else asks for it.
 *
 * @param size - Bytes that are needed.
 */
export function augmentLoops(size: number): AugmentLoops {
  if (!instance) {
    const loops = instantiate<AugmentExports>(augmentModule);
    instance = { loops, memory: new LoopMemory(loops.memory) };
  }
  return { loops: instance.loops, memory: instance.memory.ofSize(size) };
}
