/** Options of sessions on ONNX Runtime's WebGPU provider. */
import type { InferenceSession } from "onnxruntime-web";

/** Of every session, in Node and in pages. */
export const webgpuSession: InferenceSession.SessionOptions = {
  // In the other layout, which is the default, grouped convolutions with 5, 6 or 9 filters a group are wrong.
  executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
  graphOptimizationLevel: "all",
  // Nothing runs on the CPU.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // What is logged is thrown too.
  logSeverityLevel: 4,
  // A node that the device does not run is refused, not run elsewhere unseen.
  extra: { session: { disable_cpu_ep_fallback: "1" } },
};
