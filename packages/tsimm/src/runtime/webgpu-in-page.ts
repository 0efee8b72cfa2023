/** The engine of a GPU in a page: ONNX Runtime's WebGPU provider in WebAssembly. */
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "./engine.ts";
import type { EngineRequest } from "./engine-definition.ts";
import { AdapterError, admitAdapter } from "./webgpu/adapter.ts";

/** Options of {@link webgpuEngine}. */
export interface WebgpuEngineOptions {
  /**
   * Address of `ort-wasm-simd-threaded.asyncify.wasm`, a file of the package `onnxruntime-web`; absent: where the bundler put
   * it, beside the code.
   */
  readonly wasmUrl?: string | URL;
  /** Callback for one line about an adapter that is software on the CPU. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Imports the package `onnxruntime-web/webgpu` and makes an engine of a page's WebGPU; in Node it is `createEngine("webgpu")`.
 *
 * The kernels of the adapter are compared with the CPU's first. Use it in a worker, where the page stays free.
 *
 * @throws AdapterError if there is no WebGPU, no adapter, or one that computes wrong numbers; the message is one line.
 * @example
 * // WebAssembly computes where there is no GPU, as in Node.
 * const engine = await webgpuEngine().catch(() => wasmEngine());
 * engine.name; // => "wasm"
 */
export async function webgpuEngine(options: WebgpuEngineOptions = {}): Promise<Engine> {
  checkOptionNames("webgpuEngine", options, { wasmUrl: true, onWarning: true });
  try {
    return await openPageEngine(options, options);
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    const { reason, message, cause } = error;
    throw new AdapterError(reason, `webgpuEngine: ${message}; use wasmEngine`, { cause });
  }
}

/**
 * As {@link webgpuEngine}, for `auto` too.
 *
 * @throws AdapterError without a cure.
 */
export async function openPageEngine(
  { wasmUrl }: Pick<WebgpuEngineOptions, "wasmUrl">,
  request: EngineRequest,
): Promise<Engine> {
  const { findPageAdapter } = await import("./webgpu/page-adapter.ts");
  const adapter = admitAdapter(await findPageAdapter(), request);
  const { openPageDevice } = await import("./webgpu/page-device.ts");
  return openPageDevice(adapter, wasmUrl);
}
