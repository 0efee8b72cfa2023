
export { type ArrayLoaderOptions, arrayLoader } from "./data/array-loader.ts";
export type { Batch, Loader } from "./data/batch.ts";
export type { ByteSource } from "./data/byte-source.ts";
export { openDataset } from "./data/dataset.ts";
export { fashionMnistMini } from "./data/datasets/fashion-mnist-mini.ts";
export {
  type GeneratedBatch,
  type GeneratorLoaderOptions,
  generatorLoader,
} from "./data/generator-loader.ts";
export {
  type ImageDataset,
  type LabelKind,
  type LabelledImages,
  labelKindOf,
  type Sample,
} from "./data/image-dataset.ts";
export { createLoader, type LoaderOptions } from "./data/loader.ts";
export { type MemoryDatasetOptions, memoryDataset } from "./data/memory-dataset.ts";
export { labelCounts, type Sampling } from "./data/sampling.ts";
export {
  type DataPlace,
  defineSource,
  type OpenDatasetOptions,
  type SourceDefinition,
} from "./data/sources/source.ts";
export { listSources, registerSource } from "./data/sources/sources.ts";
export type { Image } from "./data/transforms/image.ts";
export type { TransformOptions } from "./data/transforms/transform.ts";
export { unevenWarning } from "./data/uneven-classes.ts";
export {
  createEventFile,
  type EventFile,
  type EventFileOptions,
} from "./listeners/tensorboard/event-file.ts";
export type { Architecture } from "./models/architecture.ts";
export { type BuildOptions, buildModel } from "./models/build-model.ts";
export type { OutIndices } from "./models/forward-walk.ts";
export type { LayerOf } from "./models/layer-order.ts";
export type { GlobalPool } from "./models/layers/classifier.ts";
export type { FeatureInfo, Mask } from "./models/layers/layers.ts";
export type {
  BatchNormalizationState,
  Buffer,
  ForwardGraphOptions,
  ForwardOutput,
  Model,
  Parameter,
  PretrainedConfig,
} from "./models/model.ts";
export { type ArchitectureOptions, defineModelFamily, type ModelFamily } from "./models/model-family.ts";
export {
  createModel,
  isModel,
  listModels,
  type ModelInfo,
  type ModelOptions,
  modelInfo,
  registerModelFamily,
} from "./models/registry.ts";
export { type ClipMode, type ClipOptions, clipGradients } from "./optim/clip.ts";
export {
  createOptimizer,
  createOptimizerV2,
  type OptimizerArgs,
  type OptimizerOptions,
  type OptimizerTarget,
} from "./optim/create-optimizer.ts";
export { ModelEma, type ModelEmaOptions } from "./optim/ema.ts";
export type { Optimizer, OptimizerState, ParamGroup } from "./optim/optimizer.ts";
export {
  defineOptimizer,
  type OptimizerDefinition,
  type OptimizerOwnOptions,
  type OptimizerSlots,
} from "./optim/optimizer-definition.ts";
export {
  listOptimizers,
  type OptimizerName,
  type RegisteredOptimizers,
  registerOptimizer,
} from "./optim/optimizers.ts";
export {
  type OptionCheck,
  type OptionChecks,
  type OptionChecksByName,
  optionChecks,
} from "./optim/option-checks.ts";
export type { ParamGroupInput } from "./optim/param-groups.ts";
export { drawFigure } from "./plot/draw-figure.ts";
export type { Figure, Panel, Series } from "./plot/figure.ts";
export { figureToSvg } from "./plot/figure-to-svg.ts";
export { svgToPng } from "./plot/svg-to-png.ts";
export {
  type CurveMetric,
  type CurveRow,
  type CurvesFigureOptions,
  curvesFigure,
  type LearningRateFigureOptions,
  learningRateFigure,
  type RateSeries,
} from "./plot/training-figures.ts";
export {
  type Classifier,
  type LoadClassifierOptions,
  loadClassifier,
  type Prediction,
} from "./predict/classifier.ts";
export type { ArgumentName, TrainArguments } from "./recipe/arguments.ts";
export { type TrainOptions, type TrainResult, train } from "./recipe/train.ts";
export { type CreateEngineOptions, createEngine, type EngineName } from "./runtime/create-engine.ts";
export {
  type CreateEngineOptions,
  createEngine,
  type EngineName,
  listEngines,
  type RegisteredEngines,
  registerEngine,
} from "./runtime/create-engine.ts";
export type { Engine, LoadOptions, Session } from "./runtime/engine.ts";
export { defineEngine, type EngineDefinition } from "./runtime/engine-definition.ts";
export { createEvaluation, type Evaluation, type EvaluationOptions } from "./runtime/evaluation-step.ts";
export { createFineTuning, type FineTuning, type FineTuningOptions } from "./runtime/fine-tuning.ts";
export type { ImageOptions } from "./runtime/images.ts";
export { type WasmEngineOptions, wasmEngine } from "./runtime/onnxruntime-web.ts";
export type { StepResult } from "./runtime/training-session.ts";
export {
  createTrainingStep,
  type TrainingStep,
  type TrainingStepOptions,
} from "./runtime/training-step.ts";
export { denseTargets } from "./task/dense-targets.ts";
export type { Label, Labels } from "./task/labels.ts";
export { loadState, type ModelState } from "./weights/load-state.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensor,
  type SafeTensors,
  type SafeTensorsData,
  type SafeTensorsMetadata,
  type SafeTensorsType,
} from "./weights/safetensors.ts";
