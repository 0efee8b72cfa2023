export {
  CosineLRScheduler,
  type CosineLRSchedulerOptions,
  type CosineLrOptions,
  cosineLr,
} from "./cosine-lr.ts";
export { type CycleOptions, CyclicScheduler } from "./cycles.ts";
export {
  MultiStepLRScheduler,
  type MultiStepLRSchedulerOptions,
  type MultiStepLrOptions,
  multiStepLr,
} from "./multi-step-lr.ts";
export { type NoiseOptions, noiseAt, withNoise } from "./noise.ts";
export type { OptimizerLike, ParamGroup } from "./param-groups.ts";
export { type PlateauOptions, type PlateauState, plateauStep } from "./plateau.ts";
export {
  PlateauLRScheduler,
  type PlateauLRSchedulerOptions,
} from "./plateau-lr.ts";
export { PolyLRScheduler, type PolyLRSchedulerOptions, type PolyLrOptions, polyLr } from "./poly-lr.ts";
export type { Schedule } from "./schedule.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler.ts";
export type { LoadOptions, SavedPlateau, SchedulerState } from "./state.ts";
export { StepLRScheduler, type StepLRSchedulerOptions, type StepLrOptions, stepLr } from "./step-lr.ts";
export { TanhLRScheduler, type TanhLRSchedulerOptions, type TanhLrOptions, tanhLr } from "./tanh-lr.ts";
export type { WarmupOptions } from "./warmup.ts";
