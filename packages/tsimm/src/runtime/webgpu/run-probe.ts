/** Compares a device with the CPU before it is trusted with a training. */
import type { Tensor } from "@tsimm/autodiff";
import type { InferenceSession } from "onnxruntime-web";
import { type OnnxRuntime, toOrt } from "../onnxruntime-tensor.ts";

/** A model, and what it is fed. */
export interface Probe {
  readonly model: Uint8Array;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** An output that a device computes wrongly. */
export interface ProbeDifference {
  /** Name of the output. */
  readonly output: string;
  /** Largest difference from the CPU's, by the CPU's largest entry. */
  readonly difference: number;
}

/** Options of {@link runProbe}. */
export interface RunProbeOptions {
  /** Of the session on the device. */
  readonly device: InferenceSession.SessionOptions;
  /** Name of the CPU's provider: `cpu` in Node, `wasm` in a page. */
  readonly cpu: "cpu" | "wasm";
  /** Above this difference an output is wrong; absent: 1e-5. */
  readonly tolerance?: number;
}

/**
 * Runs a model on a device and on the CPU.
 *
 * @returns The first output that differs; null if none does.
 * @throws Error with ONNX Runtime's reason if there is no device or it refuses the model.
 */
export async function runProbe(
  runtime: OnnxRuntime,
  { model, feeds }: Probe,
  { device, cpu, tolerance = 1e-5 }: RunProbeOptions,
): Promise<ProbeDifference | null> {
  const run = async (options: InferenceSession.SessionOptions) => {
    const session = await runtime.InferenceSession.create(model, options);
    const inputs = Object.entries(feeds).map(([name, tensor]) => [name, toOrt(runtime, name, tensor)]);
    const results = await session.run(Object.fromEntries(inputs));
    await session.release();
    return results;
  };
  const got = await run(device);
  const wanted = await run({ executionProviders: [cpu], logSeverityLevel: 4 });
  for (const [output, { data }] of Object.entries(wanted)) {
    const difference = relativeDifference(got[output]?.data, data);
    if (!(difference <= tolerance)) return { output, difference };
  }
  return null;
}

function relativeDifference(got: unknown, wanted: unknown): number {
  if (!(got instanceof Float32Array && wanted instanceof Float32Array && got.length === wanted.length)) {
    return Number.NaN;
  }
  let [largest, difference] = [0, 0];
  for (const [i, right] of wanted.entries()) {
    largest = Math.max(largest, Math.abs(right));
    difference = Math.max(difference, Math.abs((got[i] ?? Number.NaN) - right));
  }
  return difference / largest;
}
