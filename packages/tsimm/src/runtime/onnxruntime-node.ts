/** The native engine: ONNX Runtime's CPU provider in Node. */
import { availableParallelism } from "node:os";
import { blockProbe, encodeModel } from "@tsimm/autodiff";
import type { Engine } from "./engine.ts";
import { defineEngine, type EngineDefinition } from "./engine-definition.ts";
import { openSession } from "./onnxruntime-session.ts";
import type { OnnxRuntime } from "./onnxruntime-tensor.ts";

/** The native engine, which `auto` prefers. */
export const native: EngineDefinition = defineEngine({
  name: "native",
  preference: 1,
  load: nativeEngine,
  fallbackWarning,
});

/**
 * Imports the package `onnxruntime-node` and makes an engine of it.
 *
 * A run occupies the calling thread until it ends: use it in a worker where the event loop must stay free. Let
 * the run end before that worker or the process does: `terminate()` and `process.exit()` in the middle of one
 * abort the process.
 * Results are bit-identical for the same model, version, thread count and type of CPU.
 *
 * @throws Error if the package is missing or has no binary for this platform; the message is one line.
 */
export async function nativeEngine(): Promise<Engine> {
  const runtime = await import("onnxruntime-node").catch((error: unknown) => {
    throw nativeEngineError(error);
  });
  runtime.env.logLevel = "error";
  let block: Promise<number> | undefined;
  return {
    name: "native",
    lowering: "ort-cpu",
    channelBlock: () => {
      block ??= channelBlock(runtime);
      return block;
    },
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    load: (model, { threads } = {}) =>
      openSession(runtime, model, {
        executionProviders: ["cpu"],
        // A count, even of all cores, keeps ONNX Runtime from pinning its threads to cores, which halves the
        // speed when other threads (decoding) want one of them.
        intraOpNumThreads: threads ?? availableParallelism(),
        // One operator at a time: running several at once halves the speed of a training step.
        executionMode: "sequential",
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        // A pattern is one block for all tensors, kept beside the chunks of the run that recorded it.
        enableMemPattern: false,
        logSeverityLevel: 3,
        extra: {
          session: {
            use_deterministic_compute: "1",
            // Threads wait actively for the next operator, and sleep between two runs, when decoding and the
            // optimizer want the cores.
            intra_op: { allow_spinning: "1" },
            force_spinning_stop: "1",
          },
        },
      }),
  };
}

/** Channels in a block of the kernels for this processor; 1 where there are none. */
async function channelBlock(runtime: OnnxRuntime): Promise<number> {
  const session = await runtime.InferenceSession.create(encodeModel(blockProbe()), {
    executionProviders: ["cpu"],
    // The shape that the graph promises is not what comes: a warning.
    logSeverityLevel: 4,
  }).catch(() => null);
  if (session === null) return 1;
  const feeds = { x: new runtime.Tensor("float32", new Float32Array(4), [1, 4, 1, 1]) };
  const { y } = await session.run(feeds).catch(() => ({ y: undefined }));
  await session.release();
  return y?.dims[1] ?? 1;
}

/**
 * The one line for a native engine that cannot be imported.
 *
 * @param error - What `import` threw; becomes the cause.
 */
export function nativeEngineError(error: unknown): Error {
  const reason = reasonOf(error);
  return new Error(
    isMissing(reason)
      ? 'tsimm: package "onnxruntime-node" is not installed; run: npm install onnxruntime-node ' +
          "(with ONNXRUNTIME_NODE_INSTALL=skip where downloads are blocked), or use --engine wasm"
      : `tsimm: package "onnxruntime-node" does not load on ${process.platform}-${process.arch} ` +
          `(${reason.split("\n")[0]}); use --engine wasm`,
    { cause: error },
  );
}

/**
 * The warning where another engine takes the place of the native one.
 *
 * @param error - That of {@link nativeEngine}.
 */
export function fallbackWarning({ cause }: Error): string {
  const reason = reasonOf(cause);
  const state = isMissing(reason)
    ? "is not installed (npm leaves it out in silence where its install script fails)"
    : `does not load on ${process.platform}-${process.arch} (${reason.split("\n")[0]})`;
  return (
    `package "onnxruntime-node" ${state}, so WebAssembly computes, several times slower; run: ` +
    "ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node; --engine wasm is without this warning"
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// An installed package without a binary for this platform misses a relative path, not itself.
function isMissing(reason: string): boolean {
  return /Cannot find (package|module) '?onnxruntime-node/.test(reason);
}
