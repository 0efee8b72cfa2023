/** Turns any ONNX model into its training graph, and the trained weights back into the same model. */
import { toBinary } from "@bufbuild/protobuf";
import { behindWeights, type FrozenPart, nothingToTrain, splitFrozen } from "./frozen-part.ts";
import { float, int, readFloat } from "./graph/attributes.ts";
import { dataTypeCode } from "./graph/data-type.ts";
import type { Node, Tensor } from "./graph/graph.ts";
import { elementCount } from "./graph/tensor.ts";
import type { LossName } from "./losses/index.ts";
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
} from "./onnx/generated/onnx_pb.ts";
import { replayGraph } from "./onnx/graph-from-proto.ts";
import { parseModel } from "./onnx/parse-model.ts";
import { setUpValues } from "./onnx/set-up-values.ts";
import { tensorFromProto } from "./onnx/tensor-proto.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";

/** Options of {@link trainable}. */
export interface TrainableOptions {
  /** Shapes of the model's inputs by name, batch size included, where the file leaves dimensions open. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /** Name of the value that the loss reads, float32 [B, C], e.g. what enters a final Softmax; absent: the first output. */
  readonly logits?: string;
  /** Default: softmax-cross-entropy. */
  readonly loss?: LossName;
  /** Names of tensors that stay as they are; `*` stands for any characters. Nodes before them need no gradient rule. */
  readonly freeze?: readonly string[];
  /**
   * `frozen` (the default): batch normalizations use the running statistics of the file. `train`: those of the batch,
   * and the running ones follow.
   */
  readonly batchNorm?: "frozen" | "train";
  /**
   * What the model of {@link frozenPart} yields for inputs of the shapes in training, by output: for their types, and
   * for the numbers of its `constants`. Absent: types are those that the file tells.
   */
  readonly frozenValues?: Readonly<Record<string, Tensor>>;
}

/** A weight of the file. Optimizers change `data` in place. */
export interface TrainableParameter {
  /** As in the file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
  /** Gradient of the last step, of the same length; null before the first. */
  grad: Float32Array | null;
}

/** Running statistics of the file, which change where `batchNorm` is `train`. */
export interface RunningStatistics {
  /** Name of the BatchNormalization node. */
  readonly module: string;
  /** [C]. */
  readonly runningMean: Float32Array;
  /** [C]. */
  readonly runningVar: Float32Array;
  /** Weight of a new batch, in [0, 1]. */
  readonly momentum: number;
}

/** An ONNX model with its training graph. */
export interface Trainable {
  readonly step: TrainingGraph;
  /** What an engine runs before each step, and the step takes as inputs; absent: the step holds the whole model. */
  readonly frozen?: FrozenPart;
  /** What is trained, in the order of the file. */
  readonly parameters: readonly TrainableParameter[];
  /** Empty where `batchNorm` is `frozen`. */
  readonly runningStatistics: readonly RunningStatistics[];
  /** The file with the weights of this moment: every name, shape, operator and open dimension as it was. */
  save(): Uint8Array<ArrayBuffer>;
}

/**
 * Makes an ONNX model trainable: weights become inputs of a training graph.
 *
 * Weights are the file's float32 initializers with more than one element that lead to the loss; in a file without
 * initializers, those in Constant nodes.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21, weights inside.
 * @throws RangeError if the bytes are no such model, a dimension is open, an operator between a weight and the loss has
 * no gradient rule, a name to freeze or the logits do not exist, nothing is left to train, or a weight is not finite.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * const model = trainable(encodeModel(builder.build()));
 * model.parameters.map(({ name, shape }) => [name, shape]); // => [["w", [3, 2]]]
 * model.parameters[0].data[0] = 7;
 * decodeModel(model.save()).graph.initializers.get("w").data[0]; // => 7
 */
export function trainable(bytes: Uint8Array, options: TrainableOptions = {}): Trainable {
  const { batchNorm = "frozen", loss, frozenValues } = options;
  const { model, file, opset, stored, shapes, logits, isTrained, split } = openModel(bytes, options);
  const graph = split?.rest(frozenValues) ?? file;
  const batchNorms = new Map<string, Node>();

  function differentiate(isWeight: (name: string) => boolean): TrainingGraph {
    const builder = replayGraph(graph, [logits], {
      opset,
      dimensions: new Map(),
      shapes,
      isInput: isWeight,
      rewrite(node) {
        if (node.op !== "BatchNormalization") return node;
        batchNorms.set(node.name, node);
        return inMode(node, batchNorm);
      },
      skip: (node, error) => {
        throw behindWeights(error, node, file, logits, isTrained);
      },
    });
    if (!graph.node.some(({ output }) => output.includes(logits))) {
      throw new RangeError(`trainable: logits must name a value that the model computes, got "${logits}"`);
    }
    builder.output(builder.value(logits));
    const forward = builder.build();
    const parameters = forward.inputs.filter(({ name }) => stored.has(name)).map(({ name }) => name);
    return trainingGraph(forward, { logits, parameters, unreached: "skip", ...(loss && { loss }) });
  }

  const first = differentiate(isTrained);
  // What does not lead to the loss stays a constant.
  const step = differentiate((name) => first.gradients.has(name));
  if (step.gradients.size === 0) throw nothingToTrain(logits);
  const weights = (name: string) => finiteWeights(name, stored.get(name));
  const parameters = [...step.gradients.keys()].map(
    (name): TrainableParameter => ({
      name,
      shape: step.graph.values.get(name)?.shape ?? [],
      data: weights(name),
      grad: null,
    }),
  );
  const runningStatistics = step.batchStatistics.map(({ node }): RunningStatistics => {
    const { inputs = [], attributes = {} } = batchNorms.get(node) ?? {};
    const [, , , mean = "", variance = ""] = inputs;
    return {
      module: node,
      runningMean: weights(mean),
      runningVar: weights(variance),
      momentum: 1 - readFloat(attributes, "momentum", 0.9),
    };
  });
  return {
    step,
    ...(split && { frozen: split.part }),
    parameters,
    runningStatistics,
    save() {
      for (const { name, data } of parameters) store(stored.get(name), data);
      for (const { module, runningMean, runningVar } of runningStatistics) {
        const [, , , mean = "", variance = ""] = batchNorms.get(module)?.inputs ?? [];
        store(stored.get(mean), runningMean);
        store(stored.get(variance), runningVar);
      }
      return toBinary(ModelProtoSchema, model);
    },
  };
}

/**
 * What of a model an engine runs before each training step, as it stands in the file: the nodes that depend on no
 * trained weight, where these hold an operator, an element type or a branch that training graphs do not.
 *
 * @param bytes - As those of {@link trainable}, with the same options.
 * @returns undefined where the training graph holds the whole model.
 * @throws RangeError as `trainable` does, but for operators behind trained weights.
 */
export function frozenPart(bytes: Uint8Array, options: TrainableOptions = {}): FrozenPart | undefined {
  return openModel(bytes, options).split?.part;
}

/** A file, what of it is trained, and its two parts. */
function openModel(
  bytes: Uint8Array,
  { inputs = {}, freeze = [], batchNorm = "frozen", ...options }: TrainableOptions,
) {
  const parsed = parseModel(bytes);
  const { model, graph: file, opset } = parsed;
  checkInputs(file, inputs);
  const stored = storedTensors(file);
  const fixed = setUpValues(file);
  const isFrozen = matcher(freeze, stored);
  const logits = options.logits ?? beforeActivation(file);
  const shapes = new Map(Object.entries(inputs));
  const isTrained = (name: string) => isWeight(stored.get(name)) && !fixed.has(name) && !isFrozen(name);
  const isInTraining = ({ opType, input }: NodeProto) =>
    opType === "BatchNormalization" && batchNorm === "train" && !isFrozen(input[3] ?? "");
  const split = splitFrozen(parsed, { logits, shapes, isTrained, isInTraining });
  return { model, file, opset, stored, shapes, logits, isTrained, split };
}

function isWeight(tensor: TensorProto | undefined): boolean {
  return tensor?.dataType === dataTypeCode("float32") && elementCount(tensor.dims.map(Number)) > 1;
}

/** The first output; a final activation is part of the loss. */
function beforeActivation({ node, output }: GraphProto): string {
  const name = output[0]?.name ?? "";
  const last = node.find((given) => given.output.includes(name));
  if (last && ["Softmax", "LogSoftmax", "Sigmoid"].includes(last.opType)) {
    throw new RangeError(
      `trainable: logits must be given for a model that ends in ${last.opType} "${last.name}", since the loss contains it; pass "${last.input[0]}"`,
    );
  }
  return name;
}

/**
 * Tensors of the file by name: initializers. Some exporters write weights as Constant nodes and have no other; where
 * there are float32 initializers, Constant nodes hold settings.
 */
function storedTensors({ initializer, node }: GraphProto): ReadonlyMap<string, TensorProto> {
  const initializers = initializer.map((tensor) => [tensor.name, tensor] as const);
  const isWeight = ({ dataType, dims }: TensorProto) =>
    dataType === dataTypeCode("float32") && dims.length > 0;
  if (initializer.some(isWeight)) return new Map(initializers);
  const constants = node.flatMap(({ opType, attribute, output }) => {
    const tensor = opType === "Constant" ? attribute.find(({ name }) => name === "value")?.t : undefined;
    return tensor ? [[output[0] ?? "", tensor] as const] : [];
  });
  return new Map([...initializers, ...constants]);
}

function checkInputs({ input }: GraphProto, inputs: Readonly<Record<string, readonly number[]>>): void {
  for (const name of Object.keys(inputs)) {
    if (input.some((given) => given.name === name)) continue;
    const names = input.map((given) => given.name).join(", ");
    throw new RangeError(`trainable: inputs must be named as in the model, ${names}, got "${name}"`);
  }
}

/** Whether a name fits one of the patterns. */
function matcher(
  patterns: readonly string[],
  stored: ReadonlyMap<string, TensorProto>,
): (name: string) => boolean {
  const fits = patterns.map((pattern) => {
    const fitsPattern = wildcard(pattern);
    if (![...stored.keys()].some(fitsPattern)) {
      throw new RangeError(
        `trainable: freeze must match names of tensors in the model, got "${pattern}"; they are like ${[...stored.keys()].slice(0, 3).join(", ")}`,
      );
    }
    return fitsPattern;
  });
  return (name) => fits.some((fit) => fit(name));
}

/** Whether a name fits a pattern in which `*` stands for any characters; in linear time, which a RegExp is not. */
function wildcard(pattern: string): (name: string) => boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length)
      return false;
    let at = start.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - end.length;
  };
}

function inMode(node: Node, mode: "frozen" | "train"): Node {
  const { epsilon } = node.attributes;
  const attributes = {
    ...(epsilon && { epsilon }),
    // With momentum 0 the operator's running statistics are those of the batch.
    ...(mode === "train" && { training_mode: int(1), momentum: float(0) }),
  };
  return { ...node, outputs: node.outputs.slice(0, 1), attributes };
}

function finiteWeights(name: string, proto: TensorProto | undefined): Float32Array {
  const data = proto ? tensorFromProto(proto).data : undefined;
  if (!(data instanceof Float32Array)) {
    throw new RangeError(`trainable: tensor "${name}" must be float32 and stored in the model`);
  }
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new RangeError(
      `trainable: tensor "${name}" must be finite, got ${data[at]} at element ${at}; repair it`,
    );
  }
  return data;
}

function store(proto: TensorProto | undefined, data: Float32Array): void {
  if (!proto) return;
  proto.rawData = new Uint8Array(data.slice().buffer);
  proto.floatData = [];
}
