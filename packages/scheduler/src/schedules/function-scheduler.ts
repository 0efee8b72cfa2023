import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { refusal } from "../errors.ts";
import { type Check, number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import type { Curve } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Any function of t for a base value. */
export type BaseSchedule = (t: number, base: number) => number;

/** Options of {@link FunctionScheduler}. */
export interface FunctionSchedulerOptions extends WarmupOptions, SchedulerOptions {
  /** The value at t for a group's base value, finite; >= 0 where it is a learning rate. */
  readonly schedule: BaseSchedule;
}

const isSchedule = (value: unknown): value is BaseSchedule => typeof value === "function";

const schedule: Check<BaseSchedule> = (value, where, option) => {
  if (isSchedule(value)) return value;
  throw new TypeError(refusal(where, option, "a function (t, base) => number", value));
};

const functionCurve: Curve<{ readonly schedule: BaseSchedule }> = {
  checks: { schedule },
  startsAtSchedule: true,
  build({ schedule }, where, field) {
    const check = number(field === "lr" ? { atLeast: 0 } : {});
    return (base) => (t) => check(schedule(t, base), where, "schedule(t, base)");
  },
};

/** A function of one's own, which no flag can name. */
export const functionSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(functionCurve, {
  name: null,
  scheduler: (optimizer, options) => new FunctionScheduler(optimizer, options),
});

/**
 * A schedule of your own for parameter groups, with warm-up, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const schedule = (t: number, base: number) => base / (1 + t);
 * const scheduler = new FunctionScheduler(optimizer, { schedule });
 * scheduler.getEpochValues(1); // => [0.05]
 */
export class FunctionScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `schedule` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: FunctionSchedulerOptions) {
    super(optimizer, planScheduler("FunctionScheduler", functionCurve, options));
  }
}
