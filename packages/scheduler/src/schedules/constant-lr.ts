import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Options of {@link constantLr}. */
export interface ConstantLrOptions extends WarmupOptions {}

/** Options of {@link ConstantLRScheduler}. */
export interface ConstantLRSchedulerOptions extends ConstantLrOptions, SchedulerOptions {}

const constantCurve: Curve<Own<ConstantLrOptions>> = {
  checks: {},
  build: () => (base) => () => base,
};

/** `--sched constant`. */
export const constantSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(constantCurve, {
  name: "constant",
  traits: {},
  scheduler: (optimizer, options) => new ConstantLRScheduler(optimizer, options),
});

/**
 * A flat line after warm-up.
 *
 * lr(t) = base.
 *
 * @param base - The value, finite, >= 0.
 * @param options - Warm-up, if any.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range.
 * @example
 * const lr = constantLr(0.1, { warmupT: 4 });
 * [0, 2, 4, 100].map(lr); // => [0, 0.05, 0.1, 0.1]
 * @see optax `constant_schedule`
 */
export function constantLr(base: number, options: ConstantLrOptions = {}): Schedule {
  return createSchedule("constantLr", constantCurve, base, options);
}

/**
 * A flat line for parameter groups: {@link constantLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new ConstantLRScheduler(optimizer, { warmupT: 4 });
 * scheduler.getEpochValues(2); // => [0.05]
 */
export class ConstantLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - Warm-up, if any.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: ConstantLRSchedulerOptions = {}) {
    super(optimizer, planScheduler("ConstantLRScheduler", constantCurve, options));
  }
}
