import type { ScheduleDefinition } from "../define-schedule.ts";
import { constantSchedule } from "./constant-lr.ts";
import { cosineSchedule } from "./cosine-lr.ts";
import { exponentialSchedule } from "./exponential-lr.ts";
import { functionSchedule } from "./function-scheduler.ts";
import { inverseSqrtSchedule } from "./inverse-sqrt-lr.ts";
import { linearSchedule } from "./linear-lr.ts";
import { multiStepSchedule } from "./multi-step-lr.ts";
import { oneCycleSchedule } from "./one-cycle-lr.ts";
import { plateauSchedule } from "./plateau-lr.ts";
import { polySchedule } from "./poly-lr.ts";
import { stepSchedule } from "./step-lr.ts";
import { tanhSchedule } from "./tanh-lr.ts";
import { wsdSchedule } from "./wsd-lr.ts";

/**
 * Names of schedules of one's own, which a program in TypeScript adds: `declare module "@tsimm/scheduler"` with
 * `interface RegisteredSchedules { halving: true }` makes `"halving"` a {@link SchedulerName}.
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add to it
export interface RegisteredSchedules {}

/** Name of a schedule, as `--sched` takes it: of those built in, and of {@link RegisteredSchedules}. */
export type SchedulerName =
  | keyof RegisteredSchedules
  | "constant"
  | "cosine"
  | "exponential"
  | "invsqrt"
  | "linear"
  | "multistep"
  | "onecycle"
  | "plateau"
  | "poly"
  | "step"
  | "tanh"
  | "wsd";

/** Every schedule that is built in, by name: the one list of them. */
export const builtInSchedules: readonly ScheduleDefinition[] = [
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  inverseSqrtSchedule,
  linearSchedule,
  multiStepSchedule,
  oneCycleSchedule,
  plateauSchedule,
  polySchedule,
  stepSchedule,
  tanhSchedule,
  wsdSchedule,
  functionSchedule,
];
