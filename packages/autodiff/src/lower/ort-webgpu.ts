/** Lowers graphs for ONNX Runtime's WebGPU provider. */
import type { Derivation } from "../gradients/derivation.ts";
import { readInt } from "../graph/attributes.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";
import { batchGradients } from "./ort-webgpu/batch-normalization.ts";
import { convGradients } from "./ort-webgpu/conv.ts";
import { convolution } from "./ort-webgpu/convolution.ts";
import { checkKernels } from "./ort-webgpu/kernels.ts";
import { poolGradient } from "./ort-webgpu/max-pool.ts";
import { recipes } from "./ort-webgpu/recipes.ts";
import { Rewriting } from "./ort-webgpu/rewriting.ts";

/** Options of {@link ortWebgpu}. */
export interface WebgpuOptions {
  /**
   * Bytes of the largest tensor that is made up, such as the columns of a convolution, > 0; absent, and at most: 2^30. What a device
   * binds to a kernel at once is its limit, on phones 2^27.
   */
  readonly maxBytes?: number | undefined;
  /** Whether columns are avoided where a convolution needs none; absent: no. */
  readonly fewBytes?: boolean | undefined;
}

/**
 * The same training step in operators that the provider runs without falling back to the CPU, in the layout NCHW.
 *
 * @throws RangeError for a node that it does not run.
 */
export function ortWebgpu(step: TrainingGraph, options: WebgpuOptions = {}): TrainingGraph {
  return { ...step, graph: rewritten(step.graph, step.derivations, options), derivations: [] };
}

/**
 * A graph without gradients, such as an evaluation, in operators that the provider runs.
 *
 * @throws RangeError for a node that it does not run.
 */
export function ortWebgpuGraph(graph: Graph, options: WebgpuOptions = {}): Graph {
  return rewritten(graph, [], options);
}

/** Bytes. */
const largestTensor = 2 ** 30;

function rewritten(graph: Graph, derivations: readonly Derivation[], options: WebgpuOptions): Graph {
  const maxBytes = Math.min(options.maxBytes ?? largestTensor, largestTensor);
  const rewriting = new Rewriting(graph, options.fewBytes ?? false);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const retold = new Map(
    derivations.flatMap((derivation) => {
      const gradients = gradientsOf(nodes.get(derivation.node));
      return gradients ? [[derivation.node, { derivation, gradients }] as const] : [];
    }),
  );
  const needed = neededNodes(
    graph,
    [...retold.values()].map(({ derivation }) => derivation),
  );
  for (const node of graph.nodes) {
    if (!needed.has(node)) continue;
    const recipe = isStandard(node) ? recipes.get(node.op) : undefined;
    const product =
      node.op === "Conv" && isStandard(node) ? convolution(rewriting, node, maxBytes) : undefined;
    if (product) rewriting.define(node.outputs[0] ?? "", product);
    else if (!recipe?.(rewriting, node)) rewriting.copy(node);
    const found = retold.get(node.name);
    found?.gradients(rewriting, node, found.derivation, maxBytes);
  }
  const result = rewriting.build();
  checkKernels(result);
  return result;
}

/** Whether a node is one of ONNX or of ONNX Runtime. */
function isStandard({ domain }: Node): boolean {
  return domain === "" || domain === "com.microsoft";
}

/** Says what the gradients of a node's inputs are. */
type Gradients = (rewriting: Rewriting, node: Node, derivation: Derivation, maxBytes: number) => void;

/** The gradients of a node's inputs where the provider wants another way than the formula. */
function gradientsOf(node: Node | undefined): Gradients | undefined {
  if (node?.domain !== "") return undefined;
  if (node.op === "Conv") return convGradients;
  if (node.op === "MaxPool") return poolGradient;
  const ofBatch = node.op === "BatchNormalization" && readInt(node.attributes, "training_mode", 0) === 1;
  return ofBatch ? batchGradients : undefined;
}

/** The nodes that are left when the gradients of some derivations are computed in other ways. */
function neededNodes(graph: Graph, retold: readonly Derivation[]): ReadonlySet<Node> {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const sources = new Map<string, readonly string[]>();
  for (const { node, ofInputs, ofOutputs } of retold) {
    const { inputs = [], outputs: [first = ""] = [] } = nodes.get(node) ?? {};
    for (const name of ofInputs) if (name !== "") sources.set(name, [...ofOutputs, ...inputs, first]);
  }
  const needed = new Set<Node>();
  const seen = new Set<string>();
  const waiting = graph.outputs.map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const others = sources.get(name);
    const maker = makers.get(name);
    if (!others && maker) needed.add(maker);
    waiting.push(...(others ?? maker?.inputs ?? []));
  }
  return needed;
}
