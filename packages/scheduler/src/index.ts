export { fromTfjs } from "./adapters/tfjs.ts";
export {
  ConstantLRScheduler,
  type ConstantLRSchedulerOptions,
  type ConstantLrOptions,
  constantLr,
} from "./constant-lr.ts";
export {
  CosineLRScheduler,
  type CosineLRSchedulerOptions,
  type CosineLrOptions,
  cosineLr,
} from "./cosine-lr.ts";
export { createScheduler, createSchedulerV2, type ScheduledRun } from "./create-scheduler.ts";
export { type CycleOptions, CyclicScheduler } from "./cycles.ts";
export {
  ExponentialLRScheduler,
  type ExponentialLRSchedulerOptions,
  type ExponentialLrOptions,
  exponentialLr,
} from "./exponential-lr.ts";
export { type CreateSchedulerOptions, type SchedulerName, schedulerNames } from "./factory-options.ts";
export { type BaseSchedule, FunctionScheduler, type FunctionSchedulerOptions } from "./function-scheduler.ts";
export {
  InverseSqrtLRScheduler,
  type InverseSqrtLRSchedulerOptions,
  type InverseSqrtLrOptions,
  inverseSqrtLr,
} from "./inverse-sqrt-lr.ts";
export { joinSchedules } from "./join.ts";
export {
  LinearLRScheduler,
  type LinearLRSchedulerOptions,
  type LinearLrOptions,
  linearLr,
} from "./linear-lr.ts";
export {
  MultiStepLRScheduler,
  type MultiStepLRSchedulerOptions,
  type MultiStepLrOptions,
  multiStepLr,
} from "./multi-step-lr.ts";
export { didYouMean } from "./nearest-name.ts";
export { type NoiseOptions, noiseAt, withNoise } from "./noise.ts";
export {
  OneCycleLRScheduler,
  type OneCycleLRSchedulerOptions,
  type OneCycleLrOptions,
  oneCycleLr,
} from "./one-cycle-lr.ts";
export type { OptimizerLike, ParamGroup } from "./param-groups.ts";
export { type PlateauOptions, type PlateauState, plateauStep } from "./plateau.ts";
export { PlateauLRScheduler, type PlateauLRSchedulerOptions } from "./plateau-lr.ts";
export { PolyLRScheduler, type PolyLRSchedulerOptions, type PolyLrOptions, polyLr } from "./poly-lr.ts";
export { sample } from "./sample.ts";
export type { Schedule } from "./schedule.ts";
export { Scheduler } from "./scheduler.ts";
export { type SchedulerArgs, schedulerKwargs } from "./scheduler-kwargs.ts";
export type { SchedulerOptions } from "./scheduler-options.ts";
export type { LoadOptions, SavedPlateau, SchedulerState } from "./state.ts";
export { StepLRScheduler, type StepLRSchedulerOptions, type StepLrOptions, stepLr } from "./step-lr.ts";
export { TanhLRScheduler, type TanhLRSchedulerOptions, type TanhLrOptions, tanhLr } from "./tanh-lr.ts";
export type { WarmupOptions } from "./warmup.ts";
export { WSDLRScheduler, type WSDLRSchedulerOptions, type WsdLrOptions, wsdLr } from "./wsd-lr.ts";
