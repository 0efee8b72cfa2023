/**
 * What tsimm asks of an engine: load an ONNX model, run it, release it. Engines are stateless; parameters
 * go in, gradients come out.
 */
import type { Tensor } from "@tsimm/autodiff";

/** Options of {@link Engine.load}. */
export interface LoadOptions {
  /** Threads of one operator, an integer >= 1; absent: all cores. */
  readonly threads?: number;
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
  /** Loads a serialized ONNX model. */
  load(model: Uint8Array, options?: LoadOptions): Promise<Session>;
}
