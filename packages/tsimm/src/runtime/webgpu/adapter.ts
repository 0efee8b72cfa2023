/** The adapter of a WebGPU provider: the GPU, or a program that stands in for one. */
import type { EngineRequest } from "../engine-definition.ts";
import type { ProbeDifference } from "./run-probe.ts";

/** What computes behind WebGPU. */
export interface Adapter {
  /** As its driver says, e.g. `NVIDIA H100 PCIe`. */
  readonly name: string;
  /** Whether it is a program on the CPU, slower than an engine for the CPU is. */
  readonly isSoftware: boolean;
  /** Bytes of the largest tensor that a kernel reads, where that is known. */
  readonly maxTensorBytes?: number | undefined;
}

/**
 * There is no adapter to compute on; the message is one line, without a cure.
 *
 * @example
 * // Without WebGPU, as in Node.
 * const error = await webgpuEngine().catch((thrown) => thrown);
 * error instanceof AdapterError; // => true
 * error.reason; // => "none"
 */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  /**
   * `none`: there is none; `software`: it is a program, and was not asked for by name; `fails`: it does not work; `unfit`: what
   * is to be computed does not run on it.
   */
  readonly reason: "none" | "software" | "fails" | "unfit";

  constructor(reason: AdapterError["reason"], message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Whether an adapter of that name is a program: SwiftShader, Mesa's llvmpipe (lavapipe), Windows' WARP.
 *
 * @example
 * isSoftwareAdapter("llvmpipe (LLVM 15.0.6, 256 bits)"); // => true
 * isSoftwareAdapter("AMD Radeon RX 7900 XT (RADV NAVI31)"); // => false
 */
export function isSoftwareAdapter(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i.test(name);
}

/**
 * Lets an adapter pass, one in software only where the engine was asked for by name, with a warning then.
 *
 * @param request - As {@link EngineDefinition.load} gets it.
 * @throws AdapterError for software under `auto`.
 */
export function admitAdapter(adapter: Adapter, { isAuto, onWarning }: EngineRequest): Adapter {
  if (!adapter.isSoftware) return adapter;
  const text = `the WebGPU adapter "${adapter.name}" is software on the CPU`;
  if (isAuto) throw new AdapterError("software", text);
  onWarning?.(`${text}, many times slower than an engine for the CPU`);
  return adapter;
}

/** The line of an adapter that computes otherwise than the CPU. */
export function wrongNumbers({ name }: Adapter, { output, difference }: ProbeDifference): string {
  return `the WebGPU adapter "${name}" must compute as the CPU does, got ${output} off by ${difference.toPrecision(2)} of its largest entry`;
}
