/** The engine of a GPU in Node: ONNX Runtime's WebGPU provider. */
import type { InferenceSession } from "onnxruntime-web";
import type { Engine } from "./engine.ts";
import { openDevice } from "./onnxruntime-device.ts";
import { nativeEngineError } from "./onnxruntime-node.ts";
import { openSession } from "./onnxruntime-session.ts";

/** Of every session on a WebGPU provider, in Node and in pages. */
export const webgpuSession: InferenceSession.SessionOptions = {
  // In the other layout, which is the default, grouped convolutions with 5, 6 or 9 filters a group are wrong.
  executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
  graphOptimizationLevel: "all",
  // What is logged is thrown too.
  logSeverityLevel: 4,
  // A node that the device does not run is refused, not run elsewhere unseen.
  extra: { session: { disable_cpu_ep_fallback: "1" } },
};

/**
 * Imports the package `onnxruntime-node` and makes an engine of its WebGPU provider. A run occupies the calling thread until
 * it ends.
 *
 * @throws Error if the package is missing, or there is no GPU; the message is one line.
 */
export async function webgpuEngine(): Promise<Engine> {
  const runtime = await import("onnxruntime-node").catch((error: unknown) => {
    throw nativeEngineError(error);
  });
  runtime.env.logLevel = "error";
  return {
    name: "webgpu",
    lowering: "ort-webgpu",
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    device: await openDevice(runtime, { name: "WebGPU", session: webgpuSession }),
    load: (model) => openSession(runtime, model, webgpuSession),
  };
}
