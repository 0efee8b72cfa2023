/** The engine of a GPU in Node: ONNX Runtime's WebGPU provider. */
import type { Engine } from "./engine.ts";
import { defineEngine, type EngineDefinition, type EngineRequest } from "./engine-definition.ts";
import { openDevice } from "./onnxruntime-device.ts";
import { nativeEngineError } from "./onnxruntime-node.ts";
import { AdapterError, admitAdapter } from "./webgpu/adapter.ts";
import { mayHaveAdapter } from "./webgpu/may-have-adapter.ts";
import { webgpuSession } from "./webgpu/session-options.ts";

/** The engine of a GPU, which `auto` prefers where there is one. */
export const webgpu: EngineDefinition = defineEngine({
  name: "webgpu",
  preference: 2,
  load: webgpuInNode,
  fallbackWarning(error, next) {
    // Without a GPU all is as it was; what is wrong with the package is said of the next engine.
    if (!(error instanceof AdapterError) || error.reason === "none") return null;
    const cure =
      error.reason === "software"
        ? "--engine webgpu takes it all the same"
        : `--engine ${next} is without this warning`;
    return `${error.message}, so "${next}" computes; ${cure}`;
  },
});

/**
 * Imports the package `onnxruntime-node` and makes an engine of its WebGPU provider.
 *
 * The adapter is looked at and its kernels are compared with the CPU's in a process of their own first, which takes about a
 * second. A run occupies the calling thread until it ends.
 *
 * @param request - `isAuto`: refuse an adapter that is software, and what is to run on the host only; `onWarning`: callback for
 * the warning of software.
 * @throws AdapterError if there is no GPU, its driver crashes, or it computes wrong numbers; Error if the package is missing;
 * the message is one line.
 */
export async function webgpuInNode(request: EngineRequest = {}): Promise<Engine> {
  try {
    return await openEngine(request);
  } catch (error) {
    if (!(error instanceof AdapterError) || request.isAuto) throw error;
    const { reason, message, cause } = error;
    throw new AdapterError(reason, `createEngine: ${message}; use --engine native`, {
      cause,
    });
  }
}

async function openEngine(request: EngineRequest): Promise<Engine> {
  const none = (got: string) =>
    new AdapterError("none", `the WebGPU adapter must be a GPU with a driver, got ${got}`);
  if (request.isAuto && !mayHaveAdapter()) throw none("no device");
  if (request.isAuto && request.hostOnly) throw new AdapterError("unfit", request.hostOnly);
  const runtime = await import("onnxruntime-node").catch((error: unknown) => {
    throw nativeEngineError(error);
  });
  if (!runtime.listSupportedBackends().some(({ name }) => name === "webgpu")) {
    throw none(`a package "onnxruntime-node" without WebGPU on ${process.platform}-${process.arch}`);
  }
  const { probeInProcess } = await import("./webgpu/probe-in-process.ts");
  const { name } = admitAdapter(await probeInProcess(), request);
  // What is logged is thrown too.
  runtime.env.logLevel = "fatal";
  const opened = await openDevice(runtime, { name, session: webgpuSession }).catch((cause: Error) => {
    const [reason] = cause.message.split("\n");
    throw new AdapterError("fails", `the WebGPU adapter "${name}" must start, got "${reason}"`, { cause });
  });
  const version = runtime.env.versions.node ?? runtime.env.versions.common;
  return { name: "webgpu", lowering: "ort-webgpu", version, ...opened };
}
