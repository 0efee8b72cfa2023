/** Turns any ONNX model into its training graph, and the trained weights back into the same model. */
import { toBinary } from "@bufbuild/protobuf";
import { float, int, readFloat } from "./graph/attributes.ts";
import type { GraphBuilder } from "./graph/builder.ts";
import type { Node, Value } from "./graph/graph.ts";
import { elementCount } from "./graph/tensor.ts";
import { type LossName, lossesOfLogits } from "./losses/index.ts";
import { didYouMean } from "./nearest-name.ts";
import { type GraphProto, ModelProtoSchema, type TensorProto } from "./onnx/generated/onnx_pb.ts";
import { replayGraph } from "./onnx/graph-from-proto.ts";
import { parseModel } from "./onnx/parse-model.ts";
import { tensorFromProto } from "./onnx/tensor-proto.ts";
import { withFields } from "./onnx/with-fields.ts";
import { replayBatch } from "./trainable/batch-size.ts";
import { checkTrainableOptions } from "./trainable/check-options.ts";
import { finalActivation } from "./trainable/final-activation.ts";
import { namePatterns } from "./trainable/name-patterns.ts";
import { type StoredTensor, separateTensors } from "./trainable/shared-tensors.ts";
import { constantsOf } from "./trainable/weight-slots.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";

/** Options of {@link trainable}. */
export interface TrainableOptions {
  /** Shapes of the model's inputs by name, batch size included, where the file leaves dimensions open. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /**
   * Samples of a step, an integer >= 1: the first dimension of the inputs, also where the file fixes another, e.g. 1.
   * Absent: as `inputs` or the file say.
   */
  readonly batchSize?: number;
  /** Name of the value that the loss reads, float32 [B, C], e.g. what enters a final Softmax; absent: the first output. */
  readonly logits?: string;
  /** Default: softmax-cross-entropy. */
  readonly loss?: LossName;
  /**
   * Names of tensors that stay as they are; `*` stands for any characters. Nodes before them need no gradient rule. A
   * batch normalization whose running statistics, or whose scale and bias, are among them stays as in evaluation.
   */
  readonly freeze?: readonly string[];
  /**
   * Names of tensors that are trained, all others stay; `*` stands for any characters and picks among weights, a full
   * name takes any float32 tensor, e.g. `["*", "logit_scale"]`. `freeze` comes before it.
   */
  readonly train?: readonly string[];
  /**
   * `frozen` (the default): batch normalizations use the running statistics of the file. `train`: those of the batch,
   * and the running ones follow.
   */
  readonly batchNorm?: "frozen" | "train";
}

/** A weight of the file. Optimizers change `data` in place. */
export interface TrainableParameter {
  /** As in the file; see {@link trainable} for tensors that several nodes share. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major; as many elements as the shape has. */
  readonly data: Float32Array;
  /** Where it is read: operator, node and input, e.g. `Conv "conv1": weight`. */
  readonly slots: readonly string[];
  /** Gradient of the last step, of the same length; null before the first. */
  grad: Float32Array | null;
}

/** A float32 tensor of the file that is not trained. */
export interface FixedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly elements: number;
  /** Why, e.g. `frozen`, `running statistics`, `a fixed filter`, `does not lead to the logits`. */
  readonly reason: string;
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
  /** What is trained, in the order of the file. */
  readonly parameters: readonly TrainableParameter[];
  /** The float32 tensors that stay as they are, in the order of the file. */
  readonly fixed: readonly FixedTensor[];
  /** One line for a log: how much is trained, and how much is not and why. */
  readonly summary: string;
  /** Empty where `batchNorm` is `frozen`. */
  readonly runningStatistics: readonly RunningStatistics[];
  /**
   * The step for another number of samples, such as the last ones of an epoch, over the same parameters.
   *
   * @param batchSize - An integer >= 1.
   * @throws RangeError where the file fixes the batch size and cannot be shown to treat each sample alike.
   */
  stepFor(batchSize: number): TrainingGraph;
  /**
   * The file with the weights of this moment: every name, shape, operator and open dimension as it was, beside tensors
   * that {@link trainable} has separated.
   */
  save(): Uint8Array<ArrayBuffer>;
}

/**
 * Makes an ONNX model trainable: weights become inputs of a training graph.
 *
 * What a weight is, the inputs of operators decide that read it, be it an initializer or in a Constant node: filters and
 * biases of convolutions, matrices of Gemm and MatMul, scale and bias of normalizations, slopes of PRelu, tables that
 * Gather reads, and operands of Add, Mul and their kind that have dimensions. No weights are: single numbers without
 * dimensions, shapes, bounds and other settings; masks; what is subtracted from the raw input or divides it; fixed
 * filters, i.e. blurs, edges, Fourier and cosine transforms, mel and interpolation matrices, told by their symmetry or
 * bands. `fixed` lists all of these with the reason, `train` and `freeze` overrule it.
 *
 * A tensor that several nodes share and that is filled with one number is several weights, which an exporter made one
 * because they were equal: each gets its own, under the name that an Identity node keeps, or that of its node and input
 * (`/layer1/bn1/BatchNormalization.scale`). Running statistics are never one with a weight. Other shared tensors are one
 * weight whose gradients add up, such as an embedding that is the output layer too.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21, weights inside.
 * @throws TypeError or RangeError for an option that is none, RangeError if the bytes are no such model, a dimension is
 * open, an operator between a weight and the loss has no gradient rule, a name to freeze or to train or the logits do
 * not exist, the logits are probabilities already, `batchNorm` is `train` without such a node, nothing is left to train,
 * or a weight is not finite.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * const model = trainable(encodeModel(builder.build()));
 * model.parameters.map(({ name, shape }) => [name, shape]); // => [["w", [3, 2]]]
 * model.summary; // => "1 tensor with 6 elements is trained"
 * model.parameters[0].data[0] = 7;
 * decodeModel(model.save()).graph.initializers.get("w").data[0]; // => 7
 */
export function trainable(bytes: Uint8Array, options: TrainableOptions = {}): Trainable {
  checkTrainableOptions(options);
  const { inputs = {}, batchNorm = "frozen", loss = "softmax-cross-entropy" } = options;
  const { model, graph: file, opset } = parseModel(bytes);
  checkInputs(file, inputs);
  const logits = options.logits ?? file.output[0]?.name ?? "";
  const separated = separateTensors(file, constantsOf(file, logits), model.irVersion < 4n);
  const graph = separated.apply(file);
  const tensors = new Map(separated.tensors.map((tensor) => [tensor.name, tensor]));
  const choice = chooser(separated.tensors, options);
  const batchNorms = new Map<string, Node>();
  const originOf = identities(graph);
  const statisticsOf = (node: string) =>
    (batchNorms.get(node)?.inputs.slice(3) ?? []).map((name) => originOf.get(name) ?? name);

  function isHeld({ inputs: [, ...names] }: Node): boolean {
    const given = names.map((name) => tensors.get(originOf.get(name) ?? name));
    const [affine, statistics] = [given.slice(0, 2), given.slice(2)];
    const excluded = affine.flatMap((tensor) => (tensor ? [!choice.isChosen(tensor)] : []));
    const wholly = excluded.length > 0 && excluded.every(Boolean);
    return wholly || statistics.some((tensor) => tensor !== undefined && choice.isFrozen(tensor));
  }

  function differentiate(isWeight: (name: string) => boolean, batchSize?: number): TrainingGraph {
    const builder = replayBatch(
      graph,
      { inputs, logits, full: options.batchSize, batchSize },
      (given, shapes, rewrite) =>
        replayGraph(given, [logits], {
          opset,
          dimensions: new Map(),
          shapes,
          isInput: (name, { dtype }) => dtype === "float32" && isWeight(name),
          rewrite(node, builder) {
            if (node.op !== "BatchNormalization") return rewrite(node, builder);
            batchNorms.set(node.name, node);
            return rewrite(inMode(node, isHeld(node) ? "frozen" : batchNorm), builder);
          },
        }),
    );
    if (!graph.node.some(({ output }) => output.includes(logits))) {
      const names = graph.node.flatMap(({ output }) => output);
      throw new RangeError(
        `trainable: logits must name a value that the model computes, got "${logits}"${didYouMean(logits, names)}`,
      );
    }
    checkLogits(file, logits, loss);
    const value = builder.value(logits);
    const read = loss === "softmax-cross-entropy" ? asRows(builder, value) : value;
    builder.output(read);
    const forward = builder.build();
    const parameters = forward.inputs.filter(({ name }) => tensors.has(name)).map(({ name }) => name);
    return trainingGraph(forward, { logits: read.name, parameters, unreached: "skip", loss });
  }

  const first = differentiate((name) => choice.isTrained(name));
  if (batchNorm === "train" && batchNorms.size === 0) {
    throw new RangeError(
      'trainable: batchNorm must be "frozen" for a model without BatchNormalization nodes before the logits, got "train"; exporters fold them into convolutions: export the model for training, or leave batchNorm out',
    );
  }
  // What does not lead to the loss stays a constant.
  const isReached = (name: string) => first.gradients.has(name);
  const reachesAll = first.graph.inputs.every(({ name }) => !tensors.has(name) || isReached(name));
  const step = reachesAll ? first : differentiate(isReached);
  if (step.gradients.size === 0) {
    throw new RangeError(
      `trainable: bytes must hold float32 weights that lead to "${logits}" and are not frozen, got none; freeze less, or name other logits`,
    );
  }
  const decoded = new Map<string, Float32Array>();
  /** One array for each tensor, however many nodes read it. */
  const weights = (name: string): Float32Array => {
    const data = decoded.get(name) ?? finiteWeights(name, tensors.get(name)?.proto);
    decoded.set(name, data);
    return data;
  };
  const parameters = [...step.gradients.keys()].map(
    (name): TrainableParameter => ({
      name,
      shape: step.graph.values.get(name)?.shape ?? [],
      data: weights(name),
      slots: tensors.get(name)?.reads.map(({ reason }) => reason) ?? [],
      grad: null,
    }),
  );
  const runningStatistics = step.batchStatistics.map(({ node }): RunningStatistics => {
    const [mean = "", variance = ""] = statisticsOf(node);
    return {
      module: node,
      runningMean: weights(mean),
      runningVar: weights(variance),
      momentum: 1 - readFloat(batchNorms.get(node)?.attributes ?? {}, "momentum", 0.9),
    };
  });
  const fixed = separated.tensors
    .filter(({ name }) => !decoded.has(name))
    .map((tensor): FixedTensor => {
      const shape = tensor.proto.dims.map(Number);
      return { name: tensor.name, shape, elements: elementCount(shape), reason: choice.whyFixed(tensor) };
    });
  return {
    step,
    parameters,
    fixed,
    summary: summaryOf(parameters, runningStatistics, fixed),
    runningStatistics,
    stepFor(batchSize) {
      if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
        throw new RangeError(`Trainable.stepFor: batchSize must be an integer >= 1, got ${batchSize}`);
      }
      return differentiate(isReached, batchSize);
    },
    save() {
      const changed = [...decoded.keys()].map((name) => tensors.get(name));
      const shared = new Set(
        separated.tensors.filter(({ name, from }) => name !== from).map(({ from }) => from),
      );
      const isSeparate = changed.some((tensor) => tensor && shared.has(tensor.from));
      for (const [name, data] of decoded) store(tensors.get(name)?.proto, data);
      if (!isSeparate || !model.graph) return toBinary(ModelProtoSchema, model);
      return toBinary(ModelProtoSchema, withFields(model, { graph: separated.apply(model.graph) }));
    },
  };
}

/** Logits [B, C, 1, 1] as [B, C]: all axes but the first have size 1, or one has not. */
function asRows(builder: GraphBuilder, logits: Value): Value {
  const wide = logits.shape.slice(1).filter((size) => size !== 1);
  if (logits.shape.length <= 2 || wide.length > 1) return logits;
  return builder.op("Flatten", [logits], { axis: int(1) });
}

/** A loss that contains the final activation must not read what it yields. */
function checkLogits(graph: GraphProto, logits: string, loss: LossName): void {
  if (!lossesOfLogits.includes(loss)) return;
  const last = finalActivation(graph, logits);
  if (!last) return;
  throw new RangeError(
    `trainable: logits must be given for a model that ends in ${last.opType} "${last.name}", since the loss contains it; pass "${last.input[0]}"`,
  );
}

function checkInputs({ input }: GraphProto, inputs: Readonly<Record<string, readonly number[]>>): void {
  for (const name of Object.keys(inputs)) {
    if (input.some((given) => given.name === name)) continue;
    const names = input.map((given) => given.name);
    throw new RangeError(
      `trainable: inputs must be named as in the model, ${names.join(", ")}, got "${name}"${didYouMean(name, names)}`,
    );
  }
}

/** What the user's patterns and the parts of tensors come to. */
function chooser(tensors: readonly StoredTensor[], { freeze = [], train }: TrainableOptions) {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const names = tensors.map(({ name }) => name);
  const frozen = namePatterns("freeze", freeze, names);
  const wanted = train && namePatterns("train", train, names);
  const forced = new Set(train?.filter((pattern) => !pattern.includes("*")));
  for (const name of forced) {
    const tensor = byName.get(name);
    const fixed = tensor?.reads.find(({ role }) => role === "statistics" || role === "setting");
    if (!fixed) continue;
    throw new RangeError(
      `trainable: train must name what has a gradient, got "${name}" (${fixed.reason}); leave it out`,
    );
  }
  const isFrozen = (tensor: StoredTensor) => frozen(tensor.name);
  const isChosen = (tensor: StoredTensor) => !isFrozen(tensor) && (!wanted || wanted(tensor.name));
  const isWeight = (tensor: StoredTensor) => tensor.role === "weight" || forced.has(tensor.name);
  return {
    isFrozen,
    isChosen,
    isTrained(name: string): boolean {
      const tensor = byName.get(name);
      return tensor !== undefined && isWeight(tensor) && isChosen(tensor);
    },
    whyFixed(tensor: StoredTensor): string {
      if (!isWeight(tensor)) return tensor.reason;
      if (isFrozen(tensor)) return "frozen";
      return isChosen(tensor)
        ? "does not lead to the logits by operators with a gradient"
        : "not to be trained";
    },
  };
}

/** Names that Identity nodes give tensors -> the tensor's own. */
function identities({ node, initializer }: GraphProto): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const stored = new Set(initializer.map(({ name }) => name));
  for (const { opType, input, output } of node) {
    const [from = ""] = input;
    if (opType === "Constant") stored.add(output[0] ?? "");
    const origin = origins.get(from) ?? (stored.has(from) ? from : undefined);
    if (opType === "Identity" && origin !== undefined) origins.set(output[0] ?? "", origin);
  }
  return origins;
}

function summaryOf(
  parameters: readonly TrainableParameter[],
  runningStatistics: readonly RunningStatistics[],
  fixed: readonly FixedTensor[],
): string {
  const sizes = parameters.map(({ data }) => data.length);
  const parts = [`${tensorsOf(sizes)} ${sizes.length === 1 ? "is" : "are"} trained`];
  const { length } = runningStatistics;
  if (length > 0) parts.push(`running statistics of ${count(length, "batch normalization")} follow`);
  for (const reason of new Set(fixed.map((tensor) => reasonOf(tensor)))) {
    const same = fixed.filter((tensor) => reasonOf(tensor) === reason);
    const verb = same.length === 1 ? "stays" : "stay";
    parts.push(`${tensorsOf(same.map(({ elements }) => elements))} ${verb} (${reason})`);
  }
  return parts.join("; ");
}

/** Settings of all operators in one. */
function reasonOf({ reason }: FixedTensor): string {
  return reason.startsWith("sets up ") ? "settings of operators" : reason;
}

function tensorsOf(sizes: readonly number[]): string {
  const elements = sizes.reduce((sum, size) => sum + size, 0);
  return `${count(sizes.length, "tensor")} with ${count(elements, "element")}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
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
