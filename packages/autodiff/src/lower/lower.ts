/** Fits a training graph to the engine that runs it. */
import type { Graph } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";
import { ortCpu, type WayChoices } from "./ort-cpu.ts";
import { ortWebgpu, ortWebgpuGraph } from "./ort-webgpu.ts";

/**
 * What a training graph is lowered for: `generic`, any ONNX engine; `ort-cpu`, ONNX Runtime's CPU provider, native or as
 * WebAssembly; `ort-webgpu`, its WebGPU provider.
 */
export type LoweringTarget = "generic" | "ort-cpu" | "ort-webgpu";

/** Options of {@link lower}. */
export interface LoweringOptions {
  /** Ways to compute convolutions and their gradients, by key of a site, see {@link sitesOf}; absent: the fixed ones. */
  readonly choices?: WayChoices;
  /** Bytes of the largest tensor that `ort-webgpu` makes up, such as the columns of a convolution; absent, and at most: 2^30. */
  readonly maxBytes?: number | undefined;
  /**
   * Whether `ort-webgpu` spells convolutions so that few bytes move, for devices whose memory is slow beside their
   * arithmetic; absent: as products with columns wherever they multiply faster.
   */
  readonly fewBytes?: boolean | undefined;
}

/**
 * The same training step, spelled as the target runs it fastest.
 *
 * @param step - A training graph of standard operators.
 * @throws RangeError for a target that there is none of, a node that the target cannot run, or a choice that is no way
 * of its site.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("input", "float32", [2, 16, 8, 8]);
 * const w = builder.input("weight", "float32", [16, 16, 3, 3]);
 * builder.output(builder.op("GlobalAveragePool", [builder.op("Conv", [x, w])]), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["weight"], loss: meanSquaredError() });
 * const lowered = lower(step, "ort-cpu");
 * lowered.graph.outputs.map(({ name }) => name); // => ["loss", "logits", "weight.grad"]
 * lowered.graph.nodes.length === step.graph.nodes.length; // => false
 */
export function lower(
  step: TrainingGraph,
  target: LoweringTarget,
  { choices, maxBytes, fewBytes }: LoweringOptions = {},
): TrainingGraph {
  switch (target) {
    case "generic":
      return step;
    case "ort-cpu":
      return ortCpu(step, choices);
    case "ort-webgpu":
      return ortWebgpu(step, { maxBytes, fewBytes });
  }
  throw new RangeError(
    `lower: target must be one of generic, ort-cpu, ort-webgpu, got ${JSON.stringify(target)}`,
  );
}

/**
 * The same graph without gradients, such as an evaluation, in operators that the target runs.
 *
 * @throws RangeError for a node that the target cannot run.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [1, 16, 8, 8]);
 * builder.output(builder.op("HardSwish", [x]), "y");
 * const graph = builder.build();
 * lowerGraph(graph, "ort-cpu") === graph; // => true
 * lowerGraph(graph, "ort-webgpu").outputs; // => [{ name: "y", dtype: "float32", shape: [1, 16, 8, 8] }]
 */
export function lowerGraph(graph: Graph, target: LoweringTarget): Graph {
  return target === "ort-webgpu" ? ortWebgpuGraph(graph) : graph;
}
