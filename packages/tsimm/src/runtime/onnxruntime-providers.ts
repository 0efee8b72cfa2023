/** The engines of `onnxruntime-node`'s providers for one vendor or system: CUDA and DirectML. */
import type { InferenceSession } from "onnxruntime-web";
import type { Engine } from "./engine.ts";
import { defineEngine, type EngineDefinition } from "./engine-definition.ts";
import { deviceGuard } from "./onnxruntime-device-error.ts";
import { nativeEngineError } from "./onnxruntime-node.ts";
import { openSession } from "./onnxruntime-session.ts";
import { runProbe } from "./webgpu/run-probe.ts";

/** A GPU by NVIDIA on Linux, where CUDA's libraries are; by name alone. */
export const cuda: EngineDefinition = defineEngine({
  name: "cuda",
  load: () =>
    providerEngine("cuda", (platform) =>
      platform === "linux-x64"
        ? "install CUDA 12 and cuDNN 9, and run: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node; or use --engine webgpu"
        : "it is for linux-x64; use --engine webgpu",
    ),
});

/** A GPU on Windows, through DirectML; by name alone. */
export const dml: EngineDefinition = defineEngine({
  name: "dml",
  load: () =>
    providerEngine("dml", (platform) =>
      platform.startsWith("win32")
        ? "update the driver of the GPU, or use --engine webgpu"
        : "it is for Windows, whose package has it; use --engine webgpu",
    ),
});

/** Products may be computed in TF32, which keeps 10 bits. */
const tolerance = 5e-3;

/**
 * An engine of a provider that shares no memory with JavaScript: weights go in and gradients come out in every step.
 *
 * @param cure - What to do on a platform, e.g. `linux-x64`, where it does not start.
 */
async function providerEngine(name: "cuda" | "dml", cure: (platform: string) => string): Promise<Engine> {
  const runtime = await import("onnxruntime-node").catch((error: unknown) => {
    throw nativeEngineError(error);
  });
  // What is logged is thrown too.
  runtime.env.logLevel = "fatal";
  const platform = `${process.platform}-${process.arch}`;
  const fails = (reason: string, cause?: unknown) =>
    new Error(
      `createEngine: engine "${name}" must have its provider in onnxruntime-node, got ${reason}; ${cure(platform)}`,
      { cause },
    );
  if (!runtime.listSupportedBackends().some((backend) => backend.name === name)) {
    throw fails(`none on ${platform}`);
  }
  const session: InferenceSession.SessionOptions = {
    executionProviders: [name, "cpu"],
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableMemPattern: false,
    logSeverityLevel: 4,
  };
  const { probeModel } = await import("./webgpu/probe-model.ts");
  const difference = await runProbe(runtime, probeModel(), { device: session, cpu: "cpu", tolerance }).catch(
    (error: unknown) => {
      const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw fails(`"${reason}"`, error);
    },
  );
  if (difference !== null) {
    throw new Error(
      `createEngine: engine "${name}" must compute as the CPU does, got ${difference.output} off by ${difference.difference.toPrecision(2)} of its largest entry; use --engine native`,
    );
  }
  return {
    name,
    lowering: "ort-webgpu",
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    load: (model) => openSession(runtime, model, session, deviceGuard(name)),
  };
}
