/** The memory of a device, reached through ONNX Runtime's JavaScript interface. */
import { type DataType, encodeModel, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import type { DeviceSession, DeviceTensor, Engine, EngineDevice } from "./engine.ts";
import { type DeviceGuard, deviceGuard } from "./onnxruntime-device-error.ts";
import { openSession } from "./onnxruntime-session.ts";
import { dataTypeOf, fromOrt, type OnnxRuntime, toOrt } from "./onnxruntime-tensor.ts";

/** Options of {@link openDevice}. */
export interface DeviceOptions {
  /** For messages, e.g. `NVIDIA H100`. */
  readonly name: string;
  /** Of each session; where its outputs go is added. */
  readonly session: InferenceSession.SessionOptions;
  /** The reason when the device is lost, asked for once it is open; absent: runs throw then. */
  readonly lost?: () => Promise<string>;
}

/** Downloads with compiled graphs that are kept: a run reads the same set of tensors again and again. */
const keptDownloads = 4;

/**
 * Opens the device of a WebGPU provider. A session of its own stays open as long as the process or the page: with the last
 * one the provider would give the device back, and tensors on it would be dangling.
 *
 * @returns The device, and `load` for models whose tensors do not stay on it.
 * @throws Error with ONNX Runtime's reason if there is no device.
 */
export async function openDevice(
  runtime: OnnxRuntime,
  options: DeviceOptions,
): Promise<Required<Pick<Engine, "device" | "load">>> {
  const { name } = options;
  const downloads = new Map<string, Promise<InferenceSession>>();
  // Copying a tensor of integers or flags is no work for the device, for one.
  const { extra: _, ...anywhere } = options.session;
  const openDownload = (tensors: Parameters<typeof identityModel>[0]) =>
    runtime.InferenceSession.create(identityModel(tensors), anywhere);
  await openDownload({ x: { dtype: "float32", shape: [1] } });
  const guard = deviceGuard(name, options.lost?.());

  const download = async (tensors: Readonly<Record<string, DeviceTensor>>): Promise<InferenceSession> => {
    const key = JSON.stringify(Object.entries(tensors).map(([as, { dtype, shape }]) => [as, dtype, shape]));
    const session = downloads.get(key) ?? openDownload(tensors);
    downloads.delete(key);
    downloads.set(key, session);
    const [oldest] = downloads.keys();
    if (downloads.size > keptDownloads && oldest !== undefined) {
      const released = downloads.get(oldest);
      downloads.delete(oldest);
      await (await released)?.release();
    }
    return session;
  };

  const device: EngineDevice = {
    name,
    async load(model, onDevice) {
      const locations = Object.fromEntries(onDevice.map((output) => [output, "gpu-buffer" as const]));
      const session = { ...options.session, preferredOutputLocation: locations };
      return deviceSession(runtime, guard, await guard(runtime.InferenceSession.create(model, session)));
    },
    async read(tensors) {
      if (Object.keys(tensors).length === 0) return {};
      const session = await guard(download(tensors));
      const inputs = Object.entries(tensors).map(([as, tensor]) => [
        `${as}.on_device`,
        ortTensorOf(as, tensor),
      ]);
      const results = await guard(session.run(Object.fromEntries(inputs)));
      return Object.fromEntries(
        session.outputNames.map((as) => [as, fromOrt(as, requiredOutput(results, as))]),
      );
    },
  };
  return {
    device,
    load: (model, { mayFallBack = false } = {}) =>
      openSession(runtime, model, mayFallBack ? anywhere : options.session, guard),
  };
}

function deviceSession(runtime: OnnxRuntime, guard: DeviceGuard, session: InferenceSession): DeviceSession {
  let closed = false;
  // A tensor lives in the buffers of the session that has returned it, and must be freed before that.
  let live = 0;
  const releaseIfUnused = async () => {
    if (closed && live === 0) await session.release();
  };
  return {
    async run(feeds) {
      if (closed) throw new Error("DeviceSession.run: the session is closed; load the model again");
      const inputs: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) {
        inputs[name] = "location" in tensor ? ortTensorOf(name, tensor) : toOrt(runtime, name, tensor);
      }
      const results = await guard(session.run(inputs));
      const outputs: Record<string, Tensor | DeviceTensor> = {};
      for (const name of session.outputNames) {
        const result = requiredOutput(results, name);
        if (result.location !== "gpu-buffer") {
          outputs[name] = fromOrt(name, result);
          continue;
        }
        live++;
        outputs[name] = new OrtDeviceTensor(result, dataTypeOf(name, result), () => {
          live--;
          // Of a lost device there is nothing to release.
          releaseIfUnused().catch(() => {});
        });
      }
      return outputs;
    },
    async close() {
      if (closed) return;
      closed = true;
      await releaseIfUnused();
    },
  };
}

/** A tensor in a buffer of ONNX Runtime. */
class OrtDeviceTensor implements DeviceTensor {
  readonly location = "device";
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly #onDispose: () => void;
  #tensor: OrtTensor | null;

  constructor(tensor: OrtTensor, dtype: DataType, onDispose: () => void) {
    this.dtype = dtype;
    this.shape = tensor.dims;
    this.#tensor = tensor;
    this.#onDispose = onDispose;
  }

  /** Null once it is disposed of. */
  get tensor(): OrtTensor | null {
    return this.#tensor;
  }

  dispose(): void {
    if (this.#tensor === null) return;
    this.#tensor.dispose();
    this.#tensor = null;
    this.#onDispose();
  }
}

function ortTensorOf(name: string, tensor: DeviceTensor): OrtTensor {
  if (!(tensor instanceof OrtDeviceTensor)) {
    throw new TypeError(
      `DeviceSession.run: ${name} must be a tensor of this engine's device, got another one`,
    );
  }
  if (tensor.tensor === null) {
    throw new Error(`DeviceSession.run: ${name} must be on the device, got a tensor that is disposed of`);
  }
  return tensor.tensor;
}

/** A graph that yields its inputs as they are, for outputs that are copied from the device. */
function identityModel(tensors: Readonly<Record<string, Pick<Tensor, "dtype" | "shape">>>): Uint8Array {
  const builder = new GraphBuilder("download");
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    builder.output(builder.op("Identity", [builder.input(`${name}.on_device`, dtype, shape)]), name);
  }
  return encodeModel(builder.build());
}

function requiredOutput(results: Readonly<Record<string, OrtTensor>>, name: string): OrtTensor {
  const result = results[name];
  if (result === undefined) throw new Error(`DeviceSession.run: the engine returned no output "${name}"`);
  return result;
}
