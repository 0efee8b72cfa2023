/** A session on ONNX Runtime's JavaScript interface, which its native and its WebAssembly package share. */
import type { DataType, Tensor } from "@tsimm/autodiff";
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-web";
import type { Session } from "./engine.ts";

/** What both packages export. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/**
 * Loads a model into ONNX Runtime.
 *
 * @param runtime - The imported package.
 * @param model - A serialized ModelProto.
 * @param options - Passed to the package as they are.
 * @throws Error with ONNX Runtime's reason if the model cannot be loaded or an input does not fit.
 */
export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  const session = await runtime.InferenceSession.create(model, options);
  let closed = false;
  return {
    outputNames: session.outputNames,
    async run(feeds, fetches = session.outputNames) {
      if (closed) throw new Error("Session.run: the session is closed; load the model again");
      const inputs: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(runtime, name, tensor);
      const results = await session.run(inputs, fetches);
      const outputs: Record<string, Tensor> = {};
      for (const name of fetches) outputs[name] = fromOrt(name, results[name]);
      return outputs;
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}

function toOrt(runtime: OnnxRuntime, name: string, tensor: Tensor): OrtTensor {
  // Such memory is refused by ONNX Runtime with no more than "Invalid argument".
  if (typeof SharedArrayBuffer !== "undefined" && tensor.data.buffer instanceof SharedArrayBuffer) {
    throw new TypeError(
      `Session.run: ${name} must not be in shared memory; copy it into an array of its own`,
    );
  }
  return new runtime.Tensor(tensor.dtype, tensor.data, tensor.shape);
}

function fromOrt(name: string, tensor: OrtTensor | undefined): Tensor {
  if (tensor === undefined) throw new Error(`Session.run: the engine returned no output "${name}"`);
  const { type, data, dims } = tensor;
  if (!isDataType(type) || Array.isArray(data) || data instanceof Uint16Array) throw unsupported(name, type);
  if (data instanceof Int16Array || data instanceof Uint32Array || data instanceof BigUint64Array) {
    throw unsupported(name, type);
  }
  return { dtype: type, shape: dims, data };
}

const dataTypes: Readonly<Record<DataType, true>> = {
  float32: true,
  float64: true,
  int32: true,
  int64: true,
  uint8: true,
  int8: true,
  bool: true,
};

function isDataType(type: string): type is DataType {
  return Object.hasOwn(dataTypes, type);
}

function unsupported(name: string, type: string): TypeError {
  return new TypeError(
    `Session.run: output "${name}" must have one of the types ${Object.keys(dataTypes).join(", ")}, got ${type}`,
  );
}
