/** A session on ONNX Runtime's JavaScript interface, which its native and its WebAssembly package share. */
import type { Tensor } from "@tsimm/autodiff";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import type { Session } from "./engine.ts";
import type { DeviceGuard } from "./onnxruntime-device-error.ts";
import { fromOrt, type OnnxRuntime, toOrt } from "./onnxruntime-tensor.ts";

/**
 * Loads a model into ONNX Runtime.
 *
 * @param runtime - The imported package.
 * @param model - A serialized ModelProto.
 * @param options - Passed to the package as they are.
 * @param guard - Waits for what ONNX Runtime does; absent: as it is.
 * @throws Error with ONNX Runtime's reason if the model cannot be loaded or an input does not fit.
 */
export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  guard: DeviceGuard = (run) => run,
): Promise<Session> {
  const session = await guard(runtime.InferenceSession.create(model, options));
  let closed = false;
  return {
    outputNames: session.outputNames,
    async run(feeds, fetches = session.outputNames) {
      if (closed) throw new Error("Session.run: the session is closed; load the model again");
      const inputs: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(runtime, name, tensor);
      const results = await guard(session.run(inputs, fetches));
      const outputs: Record<string, Tensor> = {};
      for (const name of fetches) {
        const result = results[name];
        if (result === undefined) throw new Error(`Session.run: the engine returned no output "${name}"`);
        outputs[name] = fromOrt(name, result);
      }
      return outputs;
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}
