/** What every model is: named parameters and buffers under timm's tensor names, and a forward graph. */
import type { Graph } from "@tsimm/autodiff";
import type { KeptOptions } from "./kept-options.ts";
import type { LayerOf } from "./layer-order.ts";
import type { GlobalPool } from "./layers/classifier.ts";
import type { FeatureInfo, Mask } from "./layers/layers.ts";

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

/** Preprocessing of a model, and what is known of its pretrained weights. */
export interface PretrainedWeightsConfig extends PretrainedConfig {
  /** Input of an evaluation, [C, H, W]; absent: `inputSize`. */
  readonly testInputSize?: readonly [number, number, number];
  /** Absent: `cropPct`. */
  readonly testCropPct?: number;
  /** Classes of the pretrained weights; 0: they have no classifier. */
  readonly numClasses?: number;
  /** The model takes images of one size only, the one that it is made for. */
  readonly fixedInputSize?: boolean;
  /** Tag of the pretrained weights, e.g. `a1_in1k`. */
  readonly tag?: string;
  /** Repository of the pretrained weights on the hub, e.g. `timm/resnet18.a1_in1k`; absent: there are none. */
  readonly hfHubId?: string;
  /** Names of the classes of the pretrained weights, where a repository has them. */
  readonly labelNames?: readonly string[];
}

/** Options of {@link Model.forwardGraph}. */
export interface ForwardGraphOptions {
  readonly batchSize: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** true: batch normalization uses and yields batch statistics, masks are inputs; false: the running ones, no masks. */
  readonly training: boolean;
  /** What the graph computes; absent: logits, or the maps of a model made with `featuresOnly`. */
  readonly output?: ForwardOutput | undefined;
}

/**
 * Outputs of a forward graph:
 * `logits`, float32 [B, numClasses], or the pooled features without classes;
 * `preLogits`: what the classifier sees;
 * `features`: unpooled, a map [B, C, H, W] or tokens [B, N, D];
 * `maps`: one output per {@link FeatureInfo}, [B, channels, H / reduction, W / reduction], named by its module.
 */
export type ForwardOutput = "logits" | "preLogits" | "features" | "maps";

/** A classifier of images, or another network that ends in a linear layer. */
export interface Model {
  readonly name: string;
  /** Outputs of the last linear layer, classes or other numbers; 0: there is no such layer. */
  readonly numClasses: number;
  readonly inChans: number;
  /** Channels of a map of unpooled features, width of a token. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedWeightsConfig;
  /** In state-dict order. */
  readonly parameters: readonly Parameter[];
  /** In state-dict order. */
  readonly buffers: readonly Buffer[];
  /** Parameters and buffers in timm's state-dict order. */
  readonly state: readonly (Parameter | Buffer)[];
  readonly batchNormalizations: readonly BatchNormalizationState[];
  /** Inputs of training graphs that dropout and drop path need, besides the parameters. */
  readonly masks: readonly Mask[];
  /** Feature maps, from the finest to the coarsest; with `featuresOnly` those that were asked for. */
  readonly featureInfo: readonly FeatureInfo[];
  /** Side of the smallest images in pixels from which it learns well; absent: not known. */
  readonly smallestUsefulInput?: number;
  /** Options of `createModel` without which it would be another network; absent: none. */
  readonly options?: KeptOptions;
  /** Module of the last linear layer, e.g. `fc`. */
  readonly classifier: string;
  /** Names of parameters that never get weight decay, as position embeddings. */
  readonly noWeightDecay: readonly string[];
  /** Which layer a parameter belongs to, for learning rates that fall from layer to layer. */
  readonly layerOf: LayerOf;
  /** Weight and bias of the last linear layer, of both where there are two; none without classes. */
  getClassifier(): readonly Parameter[];
  /**
   * Gives the model a new classifier with initial weights, the same that a new model of this seed has. All other
   * tensors stay the same objects; optimizers and graphs made before do not know the new ones.
   *
   * @param numClasses - An integer >= 0; 0: no classifier, the model yields its pooled features.
   * @param globalPool - Absent: as before.
   * @throws RangeError for a value out of range.
   */
  resetClassifier(numClasses: number, globalPool?: GlobalPool): void;
  /**
   * Gives every batch normalization one of its own for each of the equal parts of a training batch, as timm's
   * `convert_splitbn_model`: the first part keeps the tensors, the others start with copies under `<module>.aux_bn.<n>`.
   * An evaluation uses the first. Absent: the model cannot do it.
   *
   * @param splits - An integer >= 2.
   * @throws RangeError for another value.
   */
  splitBatchNorms?(splits: number): void;
  /**
   * The forward pass as an ONNX graph: input `input`, float32 [B, C, H, W], normalised; one input per
   * parameter (and, when not training, per running statistic) under its state-dict name, and, in training, one per
   * mask; outputs as `options.output` says.
   */
  forwardGraph(options: ForwardGraphOptions): Graph;
}
