/** The portable engine: ONNX Runtime as WebAssembly, in browsers and wherever the native package has no binary. */
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "./engine.ts";
import { defineEngine, type EngineDefinition } from "./engine-definition.ts";
import { openSession } from "./onnxruntime-session.ts";

/** Options of {@link wasmEngine}. */
export interface WasmEngineOptions {
  /**
   * Address of `ort-wasm-simd-threaded.wasm`, a file of the package `onnxruntime-web`; absent: where the bundler put
   * it, beside the code.
   */
  readonly wasmUrl?: string | URL;
  /**
   * An integer >= 1; absent: 1. More than one needs a page that is cross-origin isolated, that is served with
   * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`.
   */
  readonly threads?: number;
}

/** The portable engine, which `auto` takes where the native one does not load. */
export const wasm: EngineDefinition = defineEngine({
  name: "wasm",
  preference: 0,
  load: () => wasmEngine(),
});

const FILE = "ort-wasm-simd-threaded.wasm";

/** Options of the first model: the runtime is compiled for them, once per page, worker or process. */
let compiled: { readonly address: string; readonly threads: number } | undefined;

/**
 * Imports the package `onnxruntime-web` and makes an engine of it.
 *
 * It is several times slower than the native engine. A run occupies the calling thread until it ends: in a
 * page use it in a worker. The options hold for all models, whose own `threads` has no effect.
 *
 * A model's `load` fails with one line where the `.wasm` file is not found.
 *
 * @throws RangeError if `threads` is not an integer >= 1, is not possible here, or if a model was already loaded with
 * other options.
 * @example
 * const engine = await wasmEngine();
 * engine.name; // => "wasm"
 */
export async function wasmEngine(options: WasmEngineOptions = {}): Promise<Engine> {
  checkOptionNames("wasmEngine", options, { wasmUrl: true, threads: true });
  const { wasmUrl, threads = 1 } = options;
  checkThreads(threads);
  const address = wasmUrl === undefined ? "" : String(wasmUrl);
  const checkCompiled = () => {
    if (compiled === undefined || (compiled.address === address && compiled.threads === threads)) return;
    throw new RangeError(
      `wasmEngine: wasmUrl and threads must stay "${compiled.address}" and ${compiled.threads} once a model is loaded, ` +
        `got "${address}" and ${threads}; use another worker`,
    );
  };
  checkCompiled();
  const runtime = await import("onnxruntime-web/wasm");
  return {
    name: "wasm",
    lowering: "ort-cpu",
    version: runtime.env.versions.web ?? runtime.env.versions.common,
    async load(model) {
      checkCompiled();
      compiled = { address, threads };
      runtime.env.logLevel = "error";
      runtime.env.wasm.numThreads = threads;
      if (address !== "") runtime.env.wasm.wasmPaths = { wasm: address };
      const options = {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      } as const;
      return openSession(runtime, model, options).catch((error: unknown) => {
        throw isBackendError(error) ? wasmFileError(address, error) : error;
      });
    },
  };
}

function checkThreads(threads: number): void {
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`wasmEngine: threads must be an integer >= 1, got ${threads}`);
  }
  if (threads > 1 && globalThis.crossOriginIsolated !== true) {
    throw new RangeError(
      `wasmEngine: threads must be 1 outside a cross-origin isolated page, got ${threads}; serve the page with the ` +
        'headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
    );
  }
}

/** ONNX Runtime's answer where its WebAssembly does not start, in contrast to a model that it refuses. */
function isBackendError(error: unknown): error is Error {
  return error instanceof Error && /no available backend|initWasm|initializeWebAssembly/.test(error.message);
}

function wasmFileError(address: string, cause: Error): Error {
  const got = address === "" ? "none, and it does not start from beside the code" : `"${address}"`;
  const reason = cause.message.split("\n")[0]?.replace(/^.*?ERR: \[wasm\] /, "");
  return new Error(
    `wasmEngine: wasmUrl must be the address of ${FILE}, got ${got} (${reason}); serve the file from onnxruntime-web/dist`,
    { cause },
  );
}
