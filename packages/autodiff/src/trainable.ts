/** Turns any ONNX model into its training graph, and the trained weights back into the same model. */
import { readFloat } from "./graph/attributes.ts";
import type { Node, Tensor } from "./graph/graph.ts";
import { elementCount } from "./graph/tensor.ts";
import { lossOf } from "./losses/index.ts";
import { replayGraph } from "./onnx/graph-from-proto.ts";
import { asRows } from "./trainable/as-rows.ts";
import { inMode } from "./trainable/batch-normalizations.ts";
import { replayBatch } from "./trainable/batch-size.ts";
import { checkNoActivation } from "./trainable/final-activation.ts";
import { behindWeights, type FrozenPart, nothingToTrain } from "./trainable/frozen-part.ts";
import { type BatchedModel, openModel } from "./trainable/open-model.ts";
import type { SavedFiles } from "./trainable/read-model.ts";
import { finiteWeights, store } from "./trainable/stored-weights.ts";
import { summaryOf } from "./trainable/summary.ts";
import type { TrainableOptions } from "./trainable/trainable-options.ts";
import type { FixedTensor, RunningStatistics, TrainableParameter } from "./trainable/weights-of-model.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";

/** An ONNX model with its training graph. */
export interface Trainable {
  readonly step: TrainingGraph;
  /** Name of the value that the loss reads. */
  readonly logits: string;
  /** What an engine runs before each step, and the step takes as inputs; absent: the step holds the whole model. */
  readonly frozen?: FrozenPart;
  /** What is trained, in the order of the file. */
  readonly parameters: readonly TrainableParameter[];
  /** The float32 tensors that stay as they are, in the order of the file. */
  readonly fixed: readonly FixedTensor[];
  /** One line for a log: how much is trained, and how much is not and why. */
  readonly summary: string;
  /** Empty where `batchNorm` is `frozen`. */
  readonly runningStatistics: readonly RunningStatistics[];
  /**
   * The frozen part for another number of samples: the same model for inputs of other shapes.
   *
   * @param batchSize - An integer >= 1.
   */
  frozenFor(batchSize: number): FrozenPart | undefined;
  /**
   * The step for another number of samples, such as the last ones of an epoch, over the same parameters.
   *
   * @param batchSize - An integer >= 1.
   * @param frozenValues - What the frozen part for these samples yields, as the option of this name.
   * @throws RangeError where the file fixes the batch size and cannot be shown to treat each sample alike.
   */
  stepFor(batchSize: number, frozenValues?: Readonly<Record<string, Tensor>>): TrainingGraph;
  /**
   * The file with the weights of this moment: every name, shape, operator and open dimension as it was, beside tensors
   * that {@link trainable} has separated, and of a new head. float16 weights are written as such; tensors that came from
   * other files are left to {@link Trainable.saveFiles}.
   */
  save(): Uint8Array<ArrayBuffer>;
  /** The file and those beside it, whose names, places and sizes are as they were; a new head lies in the file itself. */
  saveFiles(): SavedFiles;
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
 * With `classes`, the last linear layer is a new one. float16 weights are trained as float32 and written as float16; where
 * a float32 head stands over float16 layers, these are frozen unless `train` names them. Branches, loops and lists of
 * tensors that depend on constants alone are computed once.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21; weights in it, or in files that `externalData` gives.
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
  const opened = openModel(bytes, options);
  const { batchNorm = "frozen", loss = "softmax-cross-entropy" } = options;
  const { graph, opset, logits, separated, choice, norms } = opened;
  const tensors = new Map(separated.tensors.map((tensor) => [tensor.name, tensor]));
  const batchNorms = new Map<string, Node>();

  function differentiate(
    isWeight: (name: string) => boolean,
    batched: BatchedModel,
    frozenValues: TrainableOptions["frozenValues"],
  ): TrainingGraph {
    const rest = batched.rest(frozenValues);
    const builder = replayBatch(rest.graph, rest.batch, logits, (given, shapes, rewrite) =>
      replayGraph(given, [logits], {
        opset,
        dimensions: new Map(),
        shapes,
        isInput: (name, { dtype }) => dtype === "float32" && isWeight(name),
        rewrite(node, builder) {
          if (node.op !== "BatchNormalization") return rewrite(node, builder);
          batchNorms.set(node.name, node);
          return rewrite(inMode(node, norms.isHeld(node) ? "frozen" : batchNorm), builder);
        },
        skip: (node, error) => {
          throw behindWeights(error, node, graph, logits, choice.isTrained);
        },
      }),
    );
    if (lossOf(loss)?.containsActivation) checkNoActivation(graph, logits);
    const value = builder.value(logits);
    const read = lossOf(loss)?.ofRows ? asRows(builder, value) : value;
    builder.output(read);
    const forward = builder.build();
    const parameters = forward.inputs.filter(({ name }) => tensors.has(name)).map(({ name }) => name);
    return trainingGraph(forward, { logits: read.name, parameters, unreached: "skip", loss });
  }

  const whole = opened.forBatch(undefined);
  const first = differentiate(choice.isTrained, whole, options.frozenValues);
  // What does not lead to the loss stays a constant.
  const isReached = (name: string) => first.gradients.has(name);
  const reachesAll = first.graph.inputs.every(({ name }) => !tensors.has(name) || isReached(name));
  const step = reachesAll ? first : differentiate(isReached, whole, options.frozenValues);
  if (step.gradients.size === 0) throw nothingToTrain(logits);
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
    const { inputs = [], attributes = {} } = batchNorms.get(node) ?? {};
    const [mean = "", variance = ""] = norms.statisticsOf({ inputs });
    return {
      module: node,
      runningMean: weights(mean),
      runningVar: weights(variance),
      momentum: 1 - readFloat(attributes, "momentum", 0.9),
    };
  });
  const fixed = separated.tensors
    .filter(({ name }) => !decoded.has(name))
    .map((tensor): FixedTensor => {
      const shape = tensor.proto.dims.map(Number);
      return { name: tensor.name, shape, elements: elementCount(shape), reason: choice.whyFixed(tensor) };
    });
  const saved = () => {
    for (const [name, data] of decoded) store(tensors.get(name)?.proto, data);
    return opened.write(new Set(decoded.keys()));
  };
  return {
    step,
    logits,
    ...(whole.frozen && { frozen: whole.frozen }),
    parameters,
    fixed,
    summary: summaryOf(parameters, runningStatistics, fixed),
    runningStatistics,
    frozenFor: (batchSize) => opened.forBatch(checkedSize("frozenFor", batchSize)).frozen,
    stepFor(batchSize, frozenValues) {
      return differentiate(isReached, opened.forBatch(checkedSize("stepFor", batchSize)), frozenValues);
    },
    save: () => saved().bytes,
    saveFiles: saved,
  };
}

/**
 * What of a model an engine runs before each training step, as it stands in the file: the nodes that depend on no
 * trained weight, where these hold an operator, an element type or a branch that training graphs do not.
 *
 * @param bytes - As those of {@link trainable}, with the same options.
 * @returns undefined where the training graph holds the whole model.
 * @throws TypeError or RangeError as `trainable` does, but for operators behind trained weights.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * // Every operator has a gradient rule.
 * frozenPart(encodeModel(builder.build())); // => undefined
 */
export function frozenPart(bytes: Uint8Array, options: TrainableOptions = {}): FrozenPart | undefined {
  return openModel(bytes, options).forBatch(undefined).frozen;
}

function checkedSize(method: string, batchSize: number): number {
  if (Number.isSafeInteger(batchSize) && batchSize >= 1) return batchSize;
  throw new RangeError(`Trainable.${method}: batchSize must be an integer >= 1, got ${batchSize}`);
}
