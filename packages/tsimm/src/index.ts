export type { Kept } from "./checkpoint/checkpoint-history.ts";
export {
  type ReadTrainingStateOptions,
  readTrainingState,
  type SavedTraining,
} from "./checkpoint/read-training-state.ts";
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
  type EarlyStoppingOptions,
  earlyStopping,
} from "./listeners/early-stopping.ts";
export { metricsJsonl } from "./listeners/metrics-jsonl.ts";
export { type PerClassOptions, perClassListener } from "./listeners/per-class-csv.ts";
export { type SaveCheckpointsOptions, saveCheckpoints } from "./listeners/save-checkpoints.ts";
export { summaryListener } from "./listeners/summary-csv.ts";
export {
  createEventFile,
  type EventFile,
  type EventFileOptions,
} from "./listeners/tensorboard/event-file.ts";
export {
  type TensorBoardOptions,
  tensorBoardListener,
} from "./listeners/tensorboard/tensorboard-listener.ts";
export type { Architecture } from "./models/architecture.ts";
export { type BuildOptions, buildModel } from "./models/build-model.ts";
export type { ConfigOption, ConfigOptions, ConfigValue } from "./models/config-option.ts";
export type { OutIndices } from "./models/forward-walk.ts";
export { type Frozen, type FrozenOption, freeze } from "./models/frozen/frozen.ts";
export { type SplitHeadOptions, type SplitModel, splitHead } from "./models/frozen/split-head.ts";
export type { KeptOptions } from "./models/kept-options.ts";
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
  PretrainedWeightsConfig,
} from "./models/model.ts";
export { type ArchitectureOptions, defineModelFamily, type ModelFamily } from "./models/model-family.ts";
export {
  createModel,
  modelInfo,
  type PlainModelOptions,
  type PretrainedModelOptions,
  type SourcedName,
  type WeightsOptions,
} from "./models/pretrained/create-model.ts";
export { isModel, type ListModelsOptions, listModels } from "./models/pretrained/list-models.ts";
export { type ModelInfo, type ModelOptions, registerModelFamily } from "./models/registry.ts";
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
export type { OptimizerGraph, UpdatedValues, UpdateGraphContext } from "./optim/optimizer-graph.ts";
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
export type { VectorGraph } from "./optim/vector-graph.ts";
export type { VectorLayout, VectorPart } from "./optim/vector-layout.ts";
export {
  type ConfusionFigureOptions,
  type ConfusionMatrix,
  confusionToSvg,
} from "./plot/confusion-to-svg.ts";
export { drawFigure } from "./plot/draw-figure.ts";
export type { Figure, FigureEvent, Panel, Series } from "./plot/figure.ts";
export { FIGURE_THEMES, type FigureTheme, type FigureThemeName } from "./plot/figure-theme.ts";
export { figureToSvg } from "./plot/figure-to-svg.ts";
export {
  type FigureOptions,
  type FigurePanel,
  type FigureScale,
  type PlottedFigure,
  plotFigure,
} from "./plot/plot-figure.ts";
export { type RateRange, rateRangeFigure } from "./plot/rate-range-figure.ts";
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
export type { Classifier, Prediction } from "./predict/classifier.ts";
export { type ExportOnnxOptions, exportOnnx } from "./predict/export-onnx.ts";
export { loadClassifier } from "./predict/load-classifier.ts";
export type { LoadClassifierOptions } from "./predict/load-in-page.ts";
export type { Pixels } from "./predict/pixels.ts";
export type { ArgumentName, TrainArguments } from "./recipe/arguments.ts";
export type { RegisteredArguments } from "./recipe/registered-flags.ts";
export { type TrainOptions, type TrainResult, train } from "./recipe/train.ts";
export type { DefinitionFlag } from "./registry.ts";
export {
  type CreateEngineOptions,
  createEngine,
  type EngineName,
  listEngines,
  type RegisteredEngines,
  registerEngine,
} from "./runtime/create-engine.ts";
export { DeviceLostError } from "./runtime/device-lost-error.ts";
export type { Engine, LoadOptions, Session } from "./runtime/engine.ts";
export { defineEngine, type EngineDefinition, type EngineRequest } from "./runtime/engine-definition.ts";
export { createEvaluation, type Evaluation, type EvaluationOptions } from "./runtime/evaluation-step.ts";
export { createFineTuning, type FineTuning, type FineTuningOptions } from "./runtime/fine-tuning.ts";
export type { ImageOptions } from "./runtime/images.ts";
export type { FeedBatch, OnnxPrograms } from "./runtime/onnx-program.ts";
export { type WasmEngineOptions, wasmEngine } from "./runtime/onnxruntime-web.ts";
export { type PageEngineOptions, pageEngine } from "./runtime/page-engine.ts";
export type {
  RunningState,
  TrainingProgram,
  TrainingPrograms,
} from "./runtime/training-program.ts";
export type { StepResult } from "./runtime/training-session.ts";
export {
  createTrainingStep,
  type TrainingStep,
  type TrainingStepOptions,
} from "./runtime/training-step.ts";
export {
  type TuneOptions,
  type TuningOptions,
  tuneTrainingStep,
} from "./runtime/tuning/tune-training-step.ts";
export { AdapterError } from "./runtime/webgpu/adapter.ts";
export { type WebgpuEngineOptions, webgpuEngine } from "./runtime/webgpu-in-page.ts";
export type { StateRole, StateStore, StateTensor } from "./state/store.ts";
export type { ClassWeights } from "./task/class-weights.ts";
export { type ClassificationOptions, classification } from "./task/classification.ts";
export { defineTask } from "./task/define-task.ts";
export { denseTargets } from "./task/dense-targets.ts";
export { batchLabels, type Label, type Labels } from "./task/labels.ts";
export { type ImageWidths, meanMeter } from "./task/mean-meter.ts";
export { type MultiLabelOptions, multiLabel } from "./task/multi-label.ts";
export type { NamedWeights } from "./task/named-weights.ts";
export type { PosWeight } from "./task/pos-weight.ts";
export { type RegressionOptions, regression } from "./task/regression.ts";
export type { RegressionLoss } from "./task/regression-loss.ts";
export type { Standardization } from "./task/standardization.ts";
export type {
  Answer,
  AnswerKind,
  Meter,
  Metric,
  Metrics,
  MixedLabels,
  OutputMetric,
  Task,
  TaskContext,
  TaskDefinition,
} from "./task/task.ts";
export { createTask, listTasks, registerTask } from "./task/tasks.ts";
export {
  type BatchOutputs,
  type EvaluateOptions,
  type EvaluationResult,
  evaluate,
} from "./train/evaluate.ts";
export type {
  BatchEvaluated,
  Best,
  CheckpointDue,
  CheckpointSaved,
  EpochDone,
  EpochRow,
  EvaluatedWeights,
  EvaluationDone,
  Message,
  PlateauStepped,
  RunEnded,
  RunStarted,
  TrainingEvent,
  UpdateDone,
  Warning,
} from "./train/events.ts";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateRange,
  type RatePoint,
} from "./train/find-learning-rate.ts";
export { fit } from "./train/fit.ts";
export type { FitLoopOptions, FitOptions, FitResult, FitUpdater } from "./train/fit-options.ts";
export type { Listener, RunHandle } from "./train/listener.ts";
export { ListenerError } from "./train/listeners.ts";
export type { NamedTensor, TrainingProgress, TrainingState } from "./train/training-state.ts";
export { DivergedError, type UpdatePosition } from "./update/diverged-error.ts";
export type { FineTuningUpdater, FineTuningUpdaterOptions } from "./update/fine-tuning-updater.ts";
export {
  createUpdater,
  type UpdateBatch,
  type UpdateResult,
  type Updater,
  type UpdaterOptions,
} from "./update/updater.ts";
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
