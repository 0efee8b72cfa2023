/** Options of training a model. */
import type { Tensor } from "../graph/graph.ts";
import type { LossName } from "../losses/index.ts";
import type { Loss, LossFunction } from "../losses/loss.ts";
import type { ExternalData } from "../onnx/external-data.ts";

/** Options of {@link trainable}. */
export interface TrainableOptions {
  /** Shapes of the model's inputs by name, batch size included, where the file leaves dimensions open. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /**
   * Samples of a step, an integer >= 1: the first dimension of the inputs, also where the file fixes another, e.g. 1.
   * Absent: as `inputs` or the file say.
   */
  readonly batchSize?: number;
  /**
   * Name of the value that the loss reads, float32 [B, C], e.g. what enters a final Softmax; absent: the first output, or
   * with `classes` what `describe` suggests.
   */
  readonly logits?: string;
  /**
   * Outputs of a new head, an integer >= 1: the last Gemm, MatMul or 1x1 Conv gets initial weights as PyTorch's Linear has
   * them, all else stays. Absent: the classifier is that of the file.
   */
  readonly classes?: number;
  /** Seed of the new head's weights, a safe integer; default: 42. */
  readonly seed?: number;
  /** Files beside the model that hold its tensors, by their location; absent: all are in the model. */
  readonly externalData?: ExternalData;
  /** A name, a loss from a factory such as `softmaxCrossEntropy`, or one of your own; default: softmax-cross-entropy. */
  readonly loss?: LossName | Loss | LossFunction;
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
  /**
   * What the model of {@link frozenPart} yields for inputs of the shapes in training, of one run where it runs several
   * times, by output: for their types, and for the numbers of its `constants`. Absent: types are those that the file
   * tells.
   */
  readonly frozenValues?: Readonly<Record<string, Tensor>>;
}
