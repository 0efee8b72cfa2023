/** The forward graph of an ONNX file, with its weights as inputs: for loops that make their own training graph. */
import { readFloat } from "./graph/attributes.ts";
import type { Graph, Node, Value } from "./graph/graph.ts";
import { elementCount } from "./graph/tensor.ts";
import { replayGraph } from "./onnx/graph-from-proto.ts";
import { asRows } from "./trainable/as-rows.ts";
import { inMode } from "./trainable/batch-normalizations.ts";
import { replayBatch } from "./trainable/batch-size.ts";
import { type OpenModel, openModel } from "./trainable/open-model.ts";
import type { SavedFiles } from "./trainable/read-model.ts";
import { finiteWeights, store } from "./trainable/stored-weights.ts";
import type { TrainableOptions } from "./trainable/trainable-options.ts";
import type { FixedTensor, RunningStatistics } from "./trainable/weights-of-model.ts";
import { trainingGraph } from "./training-graph.ts";

/** Options of {@link forwardModel}. */
export type ForwardModelOptions = Pick<
  TrainableOptions,
  "inputs" | "batchSize" | "logits" | "classes" | "seed" | "externalData" | "freeze" | "train"
>;

/** A weight of the file, which whoever trains it changes in place. */
export interface ForwardWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Running statistics, with the names of their tensors. */
export interface NamedStatistics extends RunningStatistics {
  readonly meanName: string;
  readonly varName: string;
}

/** How {@link ForwardModel.graph} makes a graph. */
export interface ForwardGraphRequest {
  /** Samples, an integer >= 1. */
  readonly batchSize: number;
  /** Shapes of the model's inputs by name, where the file leaves dimensions open. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /** `train`: batch normalizations use the batch; `frozen`: the running statistics, which are inputs of the graph. */
  readonly batchNorm: "frozen" | "train";
  /** Value to compute; absent: the logits, as rows [B, C] where they are [B, C, 1, 1]. */
  readonly output?: string;
}

/** An ONNX model as a function of its weights. */
export interface ForwardModel {
  /** Name of the value that a loss reads. */
  readonly logits: string;
  /** Name of the value that the classifier reads; null: there is no classifier. */
  readonly features: string | null;
  /** Names of the classifier's weight and bias; empty: there is none. */
  readonly head: readonly string[];
  /** The model's inputs, for the options' batch size. */
  readonly inputs: readonly Value[];
  /** Numbers that the logits hold for a sample. */
  readonly outputs: number;
  /** What can be trained, in the order of the file. */
  readonly weights: readonly ForwardWeight[];
  readonly runningStatistics: readonly NamedStatistics[];
  readonly fixed: readonly FixedTensor[];
  /**
   * The graph for a number of samples; weights are inputs under their names.
   *
   * @throws RangeError where the file fixes another batch size and cannot be shown to treat each sample alike.
   */
  graph(request: ForwardGraphRequest): Graph;
  /**
   * The file with weights and running statistics.
   *
   * @param options - Other numbers than those of this moment; entries of metadata to set.
   */
  saveFiles(options?: SaveOptions): SavedFiles;
}

/** Options of {@link ForwardModel.saveFiles}. */
export interface SaveOptions {
  /** By the name of the tensor; those that are not here are the arrays of the model. */
  readonly values?: ReadonlyMap<string, Float32Array>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the activation that reads the logits becomes; absent: it stays. */
  readonly activation?: "Sigmoid" | "Identity";
}

/**
 * Opens an ONNX model whose nodes graphs can hold.
 *
 * @param bytes - As those of {@link trainable}.
 * @throws RangeError as `trainable` does, and for a model with a part that only an engine can run.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * const model = forwardModel(encodeModel(builder.build()), { classes: 5 });
 * model.weights.map(({ name, shape }) => [name, shape]); // => [["w", [5, 2]]]
 * const graph = model.graph({ batchSize: 8, batchNorm: "frozen" });
 * graph.outputs[0].shape; // => [8, 5]
 */
export function forwardModel(bytes: Uint8Array, options: ForwardModelOptions = {}): ForwardModel {
  const opened = openModel(bytes, options);
  const { logits, separated, choice, norms } = opened;
  const tensors = new Map(separated.tensors.map((tensor) => [tensor.name, tensor]));
  const batchNorms = new Map<string, Node>();
  const arrays = new Map<string, Float32Array>();
  const arrayOf = (name: string): Float32Array => {
    const data = arrays.get(name) ?? finiteWeights(name, tensors.get(name)?.proto);
    arrays.set(name, data);
    return data;
  };

  const build = (
    isWeight: (name: string) => boolean,
    request: Partial<Pick<ForwardGraphRequest, "batchSize">> & Omit<ForwardGraphRequest, "batchSize">,
  ) => buildGraph(opened, { ...request, isWeight, onNorm: (node) => batchNorms.set(node.name, node) });
  const whole = { batchNorm: "train" as const };
  const first = build(choice.isTrained, whole);
  const [read = { name: logits, shape: [1] }] = first.outputs;
  const candidates = first.inputs.map(({ name }) => name).filter((name) => tensors.has(name));
  const { gradients } = trainingGraph(first, {
    ...{ logits: read.name, parameters: candidates, unreached: "skip" as const },
    loss: "mse",
  });
  const isReached = (name: string) => gradients.has(name);
  const shapes = new Map(first.inputs.map(({ name, shape }) => [name, shape]));
  const order = separated.tensors.map(({ name }) => name).filter(isReached);
  const weights = order.map((name) => ({ name, shape: shapes.get(name) ?? [], data: arrayOf(name) }));
  const runningStatistics = [...batchNorms].flatMap(([module, node]): NamedStatistics[] => {
    const [meanName = "", varName = ""] = norms.statisticsOf(node);
    if (norms.isHeld(node) || !tensors.has(meanName) || !tensors.has(varName)) return [];
    const momentum = 1 - readFloat(node.attributes, "momentum", 0.9);
    return [
      {
        ...{ module, meanName, varName, momentum },
        runningMean: arrayOf(meanName),
        runningVar: arrayOf(varName),
      },
    ];
  });
  const fixed = separated.tensors
    .filter(({ name }) => !arrays.has(name))
    .map((tensor): FixedTensor => {
      const shape = tensor.proto.dims.map(Number);
      return { name: tensor.name, shape, elements: elementCount(shape), reason: choice.whyFixed(tensor) };
    });
  const [, ...sizes] = read.shape;
  return {
    ...{ logits, features: opened.head?.features ?? null, head: opened.head?.tensors ?? [] },
    inputs: first.inputs.filter(({ name }) => !tensors.has(name)),
    outputs: elementCount(sizes),
    ...{ weights, runningStatistics, fixed },
    graph: (request) => build(isReached, request),
    saveFiles({ values = new Map(), ...changes } = {}) {
      for (const [name, data] of arrays) store(tensors.get(name)?.proto, values.get(name) ?? data);
      return opened.write(new Set(arrays.keys()), changes);
    },
  };
}

/**
 * The graph of an ONNX model with its weights as constants, for a number of samples.
 *
 * @param request - As that of {@link ForwardModel.graph}; absent `output`: the first output of the file.
 * @throws RangeError as {@link forwardModel} does.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [1, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * const graph = modelGraph(encodeModel(builder.build()), { batchSize: 8 });
 * graph.inputs; // => [{ name: "x", dtype: "float32", shape: [8, 2] }]
 * graph.outputs; // => [{ name: "y", dtype: "float32", shape: [8, 3] }]
 */
export function modelGraph(bytes: Uint8Array, request: Omit<ForwardGraphRequest, "batchNorm">): Graph {
  const { batchSize, inputs = {}, output } = request;
  const opened = openModel(bytes, { ...(output !== undefined && { logits: output }), train: ["*"] });
  return buildGraph(opened, { batchSize, inputs, batchNorm: "frozen", isWeight: noWeight, onNorm: () => {} });
}

interface BuildOptions extends Omit<ForwardGraphRequest, "batchSize"> {
  readonly batchSize?: number;
  /** Whether the tensor of this name becomes an input. */
  isWeight(name: string): boolean;
  /** Told of each batch normalization. */
  onNorm(node: Node): void;
}

function buildGraph(
  { graph, opset, logits, norms, forBatch }: OpenModel,
  { batchSize, inputs, batchNorm, output = logits, isWeight, onNorm }: BuildOptions,
): Graph {
  const batched = forBatch(batchSize, inputs);
  if (batched.frozen) {
    throw new RangeError(
      `forwardModel: the model must hold operators that graphs know, got a part that only an engine runs: ${batched.frozen.reason}`,
    );
  }
  const rest = batched.rest(undefined);
  const statistics = new Set(
    graph.node.flatMap((node) =>
      node.opType === "BatchNormalization" ? norms.statisticsOf({ inputs: node.input }) : [],
    ),
  );
  const areInputs = batchNorm === "frozen" && isWeight !== noWeight;
  const builder = replayBatch(rest.graph, rest.batch, output, (given, shapes, rewrite) =>
    replayGraph(given, [output], {
      ...{ opset, dimensions: new Map(), shapes },
      isInput: (name, { dtype }) =>
        dtype === "float32" && (isWeight(name) || (areInputs && statistics.has(name))),
      rewrite(node, into) {
        if (node.op !== "BatchNormalization") return rewrite(node, into);
        onNorm(node);
        return rewrite(inMode(node, norms.isHeld(node) ? "frozen" : batchNorm), into);
      },
    }),
  );
  const value = builder.value(output);
  builder.output(output === logits ? asRows(builder, value) : value);
  return builder.build();
}

/** Weights stay constants. */
const noWeight = () => false;
