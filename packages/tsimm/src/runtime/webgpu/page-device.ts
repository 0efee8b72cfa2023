/** Opens ONNX Runtime on a page's WebGPU. */
import type { Engine } from "../engine.ts";
import { openDevice } from "../onnxruntime-device.ts";
import { type Adapter, AdapterError, wrongNumbers } from "./adapter.ts";
import { probeModel } from "./probe-model.ts";
import { runProbe } from "./run-probe.ts";
import { webgpuSession } from "./session-options.ts";

/**
 * Imports ONNX Runtime, compares the adapter's kernels with the CPU's, and opens its device.
 *
 * @param wasmUrl - Address of its WebAssembly; absent: beside the code.
 * @throws AdapterError if it does not start or computes wrong numbers.
 */
export async function openPageDevice(adapter: Adapter, wasmUrl: string | URL | undefined): Promise<Engine> {
  const { name, maxTensorBytes } = adapter;
  const runtime = await import("onnxruntime-web/webgpu");
  const { env } = runtime;
  env.logLevel = "fatal";
  env.wasm.numThreads = 1;
  env.webgpu.powerPreference = "high-performance";
  if (wasmUrl !== undefined) env.wasm.wasmPaths = { wasm: String(wasmUrl) };
  const lost = async () => {
    const device: { readonly lost: Promise<{ readonly message: string }> } = await env.webgpu.device;
    return (await device.lost).message;
  };
  try {
    const opened = await openDevice(runtime, { name, session: webgpuSession, lost });
    const difference = await runProbe(runtime, probeModel(), { device: webgpuSession, cpu: "wasm" });
    if (difference !== null) throw new AdapterError("fails", wrongNumbers(adapter, difference));
    const version = env.versions.web ?? env.versions.common;
    return { name: "webgpu", lowering: "ort-webgpu", maxTensorBytes, version, ...opened };
  } catch (cause) {
    if (cause instanceof AdapterError) throw cause;
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new AdapterError("fails", `the WebGPU adapter "${name}" must start, got "${reason}"`, { cause });
  }
}
