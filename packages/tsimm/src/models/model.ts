/** What every model is: named parameters and buffers under timm's tensor names, and a forward graph. */
import type { Graph } from "@tsimm/autodiff";

/** A trainable tensor. Optimizers change `data` in place. */
export interface Parameter {
  /** timm's state-dict name, e.g. `layer1.0.conv1.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major float32 values. */
  readonly data: Float32Array;
  /** Gradient of the last backward pass, of the same length; null before the first. */
  grad: Float32Array | null;
}

/** State that is not trained: running statistics (float32) and `num_batches_tracked` (int64 scalar). */
export interface Buffer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Where a batch normalization keeps its running statistics. */
export interface BatchNormalizationState {
  /** Module name, also the name of its node in the forward graph, e.g. `layer1.0.bn1`. */
  readonly module: string;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
  readonly numBatchesTracked: BigInt64Array;
  /** Weight of the new batch in the running statistics, in [0, 1]. */
  readonly momentum: number;
}

/** Preprocessing that belongs to a model's weights. */
export interface PretrainedConfig {
  /** [C, H, W]. */
  readonly inputSize: readonly [number, number, number];
  readonly interpolation: "bilinear" | "bicubic";
  readonly cropPct: number;
  readonly cropMode: "center" | "squash" | "border";
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Options of {@link Model.forwardGraph}. */
export interface ForwardGraphOptions {
  readonly batchSize: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** true: batch normalization uses and yields batch statistics; false: the running ones. */
  readonly training: boolean;
}

/** An image classifier. */
export interface Model {
  readonly name: string;
  readonly numClasses: number;
  readonly inChans: number;
  /** Width of the pooled features before the classifier. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedConfig;
  /** In state-dict order. */
  readonly parameters: readonly Parameter[];
  /** In state-dict order. */
  readonly buffers: readonly Buffer[];
  /** Parameters and buffers in timm's state-dict order. */
  readonly state: readonly (Parameter | Buffer)[];
  readonly batchNormalizations: readonly BatchNormalizationState[];
  /**
   * The forward pass as an ONNX graph: input `input`, float32 [B, C, H, W], normalised; one input per
   * parameter (and, when not training, per running statistic) under its state-dict name; output `logits`,
   * float32 [B, numClasses].
   */
  forwardGraph(options: ForwardGraphOptions): Graph;
}
