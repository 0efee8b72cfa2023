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

/** Name of a schedule that is built in, as `--sched` takes it. */
export type SchedulerName =
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
