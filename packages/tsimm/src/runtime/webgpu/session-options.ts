/** Options of sessions on ONNX Runtime's WebGPU provider. */
import type { InferenceSession } from "onnxruntime-web";

/** Of every session, in Node and in pages. */
export const webgpuSession: InferenceSession.SessionOptions = {
  executionProviders: [
    {
      name: "webgpu",
      // In the other layout, which is the default, grouped convolutions with 5, 6 or 9 filters a group are wrong.
      preferredLayout: "NCHW",
      // Buffers of a step are kept for the next one, whatever their size; by default those of large tensors are made and
      // cleared anew each time, which is half of the time of a step of MobileNetV3 (bench/webgpu).
      storageBufferCacheMode: "simple",
    },
  ],
  graphOptimizationLevel: "all",
  // Nothing runs on the CPU.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // What is logged is thrown too.
  logSeverityLevel: 4,
  // A node that the device does not run is refused, not run elsewhere unseen.
  extra: {
    session: { disable_cpu_ep_fallback: "1" },
    // The first would make a Gemm of a product and its bias, whose kernel takes three times as long; the second moves
    // transpositions to conditions and integers, which no kernel transposes.
    optimization: { disable_specified_optimizers: "MatMulAddFusion;TransposeOptimizer" },
  },
};
