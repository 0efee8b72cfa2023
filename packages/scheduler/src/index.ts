export { fromTfjs } from "./adapters/tfjs.ts";
export { createScheduler, createSchedulerV2, type ScheduledRun } from "./create-scheduler.ts";
export { type CycleOptions, CyclicScheduler } from "./cycles.ts";
export {
  defineSchedule,
  type ScheduleDefinition,
  type ScheduleFlag,
  type ScheduleFlags,
  type ScheduleInput,
  type ScheduleTraits,
} from "./define-schedule.ts";
export { DefinedScheduler } from "./defined-scheduler.ts";
export type { CreateSchedulerOptions } from "./factory-options.ts";
export { joinSchedules } from "./join.ts";
export { pow } from "./math/pow.ts";
export { didYouMean } from "./nearest-name.ts";
export { type NoiseOptions, noiseAt, withNoise } from "./noise.ts";
export { boolean, type Check, type Checks, choice, type NumberRange, number } from "./options.ts";
export type { OptimizerLike, ParamGroup } from "./param-groups.ts";
export { type PlateauOptions, type PlateauState, plateauStep } from "./plateau.ts";
export {
  findSchedule,
  listSchedules,
  type NamedSchedule,
  registerSchedule,
  schedulerNames,
} from "./registry.ts";
export { sample } from "./sample.ts";
export type { Schedule } from "./schedule.ts";
export type { ScheduleSettings } from "./schedule-settings.ts";
export { Scheduler } from "./scheduler.ts";
export { type SchedulerArgs, schedulerKwargs } from "./scheduler-kwargs.ts";
export type { SchedulerOptions } from "./scheduler-options.ts";
export {
  ConstantLRScheduler,
  type ConstantLRSchedulerOptions,
  type ConstantLrOptions,
  constantLr,
} from "./schedules/constant-lr.ts";
export {
  CosineLRScheduler,
  type CosineLRSchedulerOptions,
  type CosineLrOptions,
  cosineLr,
} from "./schedules/cosine-lr.ts";
export {
  ExponentialLRScheduler,
  type ExponentialLRSchedulerOptions,
  type ExponentialLrOptions,
  exponentialLr,
} from "./schedules/exponential-lr.ts";
export {
  type BaseSchedule,
  FunctionScheduler,
  type FunctionSchedulerOptions,
} from "./schedules/function-scheduler.ts";
export type { RegisteredSchedules, SchedulerName } from "./schedules/index.ts";
export {
  InverseSqrtLRScheduler,
  type InverseSqrtLRSchedulerOptions,
  type InverseSqrtLrOptions,
  inverseSqrtLr,
} from "./schedules/inverse-sqrt-lr.ts";
export {
  LinearLRScheduler,
  type LinearLRSchedulerOptions,
  type LinearLrOptions,
  linearLr,
} from "./schedules/linear-lr.ts";
export {
  MultiStepLRScheduler,
  type MultiStepLRSchedulerOptions,
  type MultiStepLrOptions,
  multiStepLr,
} from "./schedules/multi-step-lr.ts";
export {
  OneCycleLRScheduler,
  type OneCycleLRSchedulerOptions,
  type OneCycleLrOptions,
  oneCycleLr,
} from "./schedules/one-cycle-lr.ts";
export { PlateauLRScheduler, type PlateauLRSchedulerOptions } from "./schedules/plateau-lr.ts";
export {
  PolyLRScheduler,
  type PolyLRSchedulerOptions,
  type PolyLrOptions,
  polyLr,
} from "./schedules/poly-lr.ts";
export {
  StepLRScheduler,
  type StepLRSchedulerOptions,
  type StepLrOptions,
  stepLr,
} from "./schedules/step-lr.ts";
export {
  TanhLRScheduler,
  type TanhLRSchedulerOptions,
  type TanhLrOptions,
  tanhLr,
} from "./schedules/tanh-lr.ts";
export { WSDLRScheduler, type WSDLRSchedulerOptions, type WsdLrOptions, wsdLr } from "./schedules/wsd-lr.ts";
export type { LoadOptions, SavedPlateau, SchedulerState } from "./state.ts";
export type { WarmupOptions } from "./warmup.ts";
