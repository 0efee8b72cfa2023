/** What of tsimm runs in a browser: no file system, no native code. All of it is in `index.ts` too. */

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
export { createModel, isModel, listModels, type ModelOptions } from "./models/registry.ts";
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
export { listOptimizers } from "./optim/optimizers.ts";
export type { ParamGroupInput } from "./optim/param-groups.ts";
export { drawFigure } from "./plot/draw-figure.ts";
export type { Figure, Panel, Series } from "./plot/figure.ts";
export {
  type CurveRow,
  type CurvesFigureOptions,
  curvesFigure,
  type LearningRateFigureOptions,
  learningRateFigure,
  type RateSeries,
} from "./plot/training-figures.ts";
export type { Engine, LoadOptions, Session } from "./runtime/engine.ts";
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
  Meter,
  Metric,
  MixedLabels,
  OutputMetric,
  Task,
  TaskContext,
  TaskDefinition,
} from "./task/task.ts";
export { createTask, listTasks, registerTask } from "./task/tasks.ts";
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
