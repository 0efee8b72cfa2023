/** Products of matrices in WebAssembly. */
import { type MatrixExports, matrixModule } from "../wasm/generated/matrix.ts";
import { instantiate } from "../wasm/instantiate.ts";
import { LoopMemory } from "../wasm/loop-memory.ts";

/** The products and their memory. */
export interface MatrixLoops {
  readonly loops: MatrixExports;
  readonly memory: ArrayBuffer;
}

let instance: { readonly loops: MatrixExports; readonly memory: LoopMemory } | undefined;

/**
 * The products with a memory in which a caller may write as it likes, until someone else asks for it.
 *
 * @param size - Bytes that are needed.
 */
export function matrixLoops(size: number): MatrixLoops {
  if (!instance) {
    const loops = instantiate<MatrixExports>(matrixModule);
    instance = { loops, memory: new LoopMemory(loops.memory) };
  }
  return { loops: instance.loops, memory: instance.memory.ofSize(size).buffer };
}
