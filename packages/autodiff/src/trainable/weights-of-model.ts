/** Weights, fixed tensors and running statistics of a model that is trained. */

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
