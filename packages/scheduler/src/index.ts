export { type NoiseOptions, noiseAt, withNoise } from "./noise.ts";
export type { OptimizerLike, ParamGroup } from "./param-groups.ts";
export type { Schedule } from "./schedule.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler.ts";
export type { LoadOptions, SchedulerState } from "./state.ts";
export { StepLRScheduler, type StepLRSchedulerOptions, type StepLrOptions, stepLr } from "./step-lr.ts";
export type { WarmupOptions } from "./warmup.ts";
