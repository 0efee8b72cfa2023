/** What computes: the GPU of the page where there is one, else WebAssembly. */
import { type Engine, pageEngine, wasmEngine, webgpuEngine } from "tsimm/browser";
import type { EngineDescription } from "./messages.ts";

/**
 * Chooses the engine.
 *
 * @param asked - `webgpu` takes an adapter that is software too, `wasm` takes no GPU; else the faster one is taken.
 */
export async function chooseEngine(
  asked: string,
): Promise<{ engine: Engine; description: EngineDescription }> {
  // Without isolation there is no shared memory, hence no second thread.
  const threads = crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  let reason = "";
  const because = (line: string) => {
    reason = line;
  };
  const choices: Readonly<Record<string, () => Promise<Engine>>> = {
    webgpu: () => webgpuEngine({ onWarning: because }),
    wasm: () => wasmEngine({ threads }),
  };
  const choose = choices[asked] ?? (() => pageEngine({ wasm: { threads }, onFallback: because }));
  const engine = await choose();
  const place = engine.device?.name ?? `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return { engine, description: { name: engine.name, place, reason } };
}
