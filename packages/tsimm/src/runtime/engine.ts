/**
 * What tsimm asks of an engine: load an ONNX model, run it, release it. Weights go in, gradients come out; an engine with
 * a device can keep tensors there between runs.
 */
import type { DataType, LoweringTarget, Tensor, WayChoices } from "@tsimm/autodiff";

/** Options of {@link Engine.load}. */
export interface LoadOptions {
  /** Threads of one operator, an integer >= 1; absent: all cores. */
  readonly threads?: number;
  /** Whether nodes that the device of the engine cannot run may run on the CPU; absent: the model is refused then. */
  readonly mayFallBack?: boolean;
}

/** A loaded model. */
export interface Session {
  /** Names of the model's outputs. */
  readonly outputNames: readonly string[];
  /**
   * Runs the model once.
   *
   * @param feeds - One tensor per graph input. They are read in place: do not change them before the promise settles.
   * @param fetches - Names of the outputs to compute; absent: all.
   * @returns The outputs by name, in fresh arrays.
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Releases the native memory; `run` fails afterwards. */
  close(): Promise<void>;
}

/** An engine that executes ONNX models. */
export interface Engine {
  /** Name of its definition; `native`: onnxruntime-node, `wasm`: onnxruntime-web. */
  readonly name: string;
  /** Version of the package behind it. */
  readonly version: string;
  /** What training graphs are lowered for; absent: `generic`, standard operators alone. */
  readonly lowering?: LoweringTarget;
  /** Ways in which training graphs are lowered, from `tuneTrainingStep`; absent: the fixed ones. */
  readonly ways?: WayChoices;
  /** Bytes of the largest tensor that a lowering may make up, where the device has a limit. */
  readonly maxTensorBytes?: number | undefined;
  /** Whether its memory is so slow that training graphs had better move few bytes; absent: no. */
  readonly fewBytes?: boolean;
  /** Memory of its own, where training state can stay; absent: there is none. */
  readonly device?: EngineDevice;
  /**
   * Channels in a block of the processor's convolution kernels, 1 where there are none; absent: its ways are not chosen
   * by measuring.
   */
  channelBlock?(): Promise<number>;
  /** Loads a serialized ONNX model. */
  load(model: Uint8Array, options?: LoadOptions): Promise<Session>;
}

/** A tensor in the memory of a device, opaque here. */
export interface DeviceTensor {
  readonly location: "device";
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Frees its memory, which garbage collection does not; further calls have no effect. */
  dispose(): void;
}

/** A loaded model whose tensors may stay on the device. */
export interface DeviceSession {
  /**
   * Runs the model once.
   *
   * @param feeds - One tensor per graph input, from here or on the device.
   * @returns The outputs by name: those named by `onDevice` on the device, to be disposed of by the caller, others here.
   * @throws DeviceLostError if the device is gone.
   */
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<Record<string, Tensor | DeviceTensor>>;
  /** Releases its memory; tensors that it has returned stay. */
  close(): Promise<void>;
}

/** The memory of an engine's device. */
export interface EngineDevice {
  /** For messages, e.g. `NVIDIA H100 (Vulkan)`. */
  readonly name: string;
  /**
   * Loads a serialized ONNX model, every node of which runs on the device.
   *
   * @param onDevice - Names of outputs that stay there.
   */
  load(model: Uint8Array, onDevice: readonly string[]): Promise<DeviceSession>;
  /** Copies tensors into fresh arrays. */
  read(tensors: Readonly<Record<string, DeviceTensor>>): Promise<Record<string, Tensor>>;
}
