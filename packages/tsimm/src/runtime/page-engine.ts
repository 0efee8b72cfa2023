/** Chooses the engine of a page. */
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "./engine.ts";
import { type WasmEngineOptions, wasmEngine } from "./onnxruntime-web.ts";
import { AdapterError } from "./webgpu/adapter.ts";
import { openPageEngine, type WebgpuEngineOptions } from "./webgpu-in-page.ts";

/** Options of {@link pageEngine}. */
export interface PageEngineOptions {
  /** Of the GPU. */
  readonly webgpu?: Pick<WebgpuEngineOptions, "wasmUrl">;
  /** Of WebAssembly. */
  readonly wasm?: WasmEngineOptions;
  /** Callback for the reason, one line, where WebAssembly computes because there is no GPU. */
  readonly onFallback?: (reason: string) => void;
}

/**
 * The engine of a page: its GPU through WebGPU where there is one that computes right, else WebAssembly. An adapter that is
 * software on the CPU is not taken.
 *
 * @throws RangeError for options of {@link wasmEngine} that are not possible.
 * @example
 * const reasons: string[] = [];
 * const engine = await pageEngine({ onFallback: (reason) => reasons.push(reason) });
 * engine.name; // => "wasm"
 */
export async function pageEngine(options: PageEngineOptions = {}): Promise<Engine> {
  checkOptionNames("pageEngine", options, { webgpu: true, wasm: true, onFallback: true });
  const { webgpu = {}, wasm = {}, onFallback } = options;
  try {
    return await openPageEngine(webgpu, { isAuto: true });
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    onFallback?.(error.message);
    return wasmEngine(wasm);
  }
}
