export {
  type ForwardGraphRequest,
  type ForwardModel,
  type ForwardModelOptions,
  type ForwardWeight,
  forwardModel,
  modelGraph,
  type NamedStatistics,
  type SaveOptions,
} from "./forward-model.ts";
export { defineRule, type Rule, type RuleDefinition } from "./gradients/define-rule.ts";
export type { Derivation } from "./gradients/derivation.ts";
export type { GradientContext, GradientRule } from "./gradients/gradient-rule.ts";
export { registerRule } from "./gradients/index.ts";
export { sumTo } from "./gradients/sum-to.ts";
export { type Arithmetic, arithmetic, type Operand } from "./graph/arithmetic.ts";
export {
  float,
  floats,
  int,
  ints,
  readFloat,
  readInt,
  readInts,
  readText,
  tensor,
  text,
} from "./graph/attributes.ts";
export { GraphBuilder, type OpOptions } from "./graph/builder.ts";
export type * from "./graph/graph.ts";
export { sameAsInput } from "./graph/shapes/broadcast.ts";
export { type OpCall, requiredInput, type ShapeRule, type ValueType } from "./graph/shapes/shape-rule.ts";
export { elementCount, float32, int64 } from "./graph/tensor.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { type HuberOptions, huber, type SmoothL1Options, smoothL1 } from "./losses/huber.ts";
export type { LossName } from "./losses/index.ts";
export { type JsdCrossEntropyOptions, jsdCrossEntropy } from "./losses/jensen-shannon.ts";
export type { Loss, LossFunction, LossGraph } from "./losses/loss.ts";
export { meanAbsoluteError } from "./losses/mean-absolute-error.ts";
export { meanSquaredError } from "./losses/mean-squared-error.ts";
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./losses/softmax-cross-entropy.ts";
export { type LoweringOptions, type LoweringTarget, lower, lowerGraph } from "./lower/lower.ts";
export { blockOf, blockProbe } from "./lower/ort-cpu/blocked-channels.ts";
export type { WayChoices } from "./lower/ort-cpu.ts";
export { type Site, sharedWays, sitesOf, trialGraph, WAYS_VERSION, workPerImage } from "./lower/sites.ts";
export { type DecodeOptions, decodeModel, type OnnxModel } from "./onnx/decode-model.ts";
export { type EncodeOptions, encodeModel } from "./onnx/encode-model.ts";
export type { ExternalData } from "./onnx/external-data.ts";
export { inOneFile, readMetadata, withMetadata } from "./onnx/whole-file.ts";
export { bakeInitializers } from "./passes/bake-initializers.ts";
export { type NormalizationOptions, prependNormalization } from "./passes/prepend-normalization.ts";
export { trainableOptionNames } from "./trainable/check-options.ts";
export { type DescribeOptions, describe } from "./trainable/description/describe.ts";
export type {
  ClassifierDescription,
  Dimension,
  FixedDescription,
  ModelDescription,
  Obstacle,
  TensorDescription,
  ValueDescription,
  WeightDescription,
} from "./trainable/description/model-description.ts";
export type { FrozenPart, FrozenRuns } from "./trainable/frozen-part.ts";
export type { SavedFiles } from "./trainable/read-model.ts";
export type { TrainableOptions } from "./trainable/trainable-options.ts";
export type { FixedTensor, RunningStatistics, TrainableParameter } from "./trainable/weights-of-model.ts";
export { frozenPart, type Trainable, trainable } from "./trainable.ts";
export {
  type BatchStatistics,
  type TrainingGraph,
  type TrainingGraphOptions,
  trainingGraph,
} from "./training-graph.ts";
