/** The portable engine: ONNX Runtime as WebAssembly, wherever the native package has no binary. */
import type { Engine } from "./engine.ts";
import { openSession } from "./onnxruntime-session.ts";

/**
 * Imports the package `onnxruntime-web` and makes an engine of it.
 *
 * It computes on one thread (`threads` has no effect), several times slower than the native engine. A run
 * occupies the calling thread until it ends.
 */
export async function wasmEngine(): Promise<Engine> {
  const runtime = await import("onnxruntime-web");
  runtime.env.logLevel = "error";
  runtime.env.wasm.numThreads = 1;
  return {
    name: "wasm",
    version: runtime.env.versions.web ?? runtime.env.versions.common,
    load: (model) =>
      openSession(runtime, model, {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      }),
  };
}
