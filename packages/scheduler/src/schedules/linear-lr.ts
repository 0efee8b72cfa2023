import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Options of {@link linearLr}. */
export interface LinearLrOptions extends WarmupOptions {
  /** Length in t, finite, > 0. */
  readonly tInitial: number;
  /** Value at the end and after it, finite, >= 0, default 0. */
  readonly lrMin?: number;
}

/** Options of {@link LinearLRScheduler}. */
export interface LinearLRSchedulerOptions extends LinearLrOptions, SchedulerOptions {}

const linearCurve: Curve<Own<LinearLrOptions>> = {
  checks: {
    tInitial: number({ above: 0, advice: "pass the length of the decay" }),
    lrMin: number({ atLeast: 0, fallback: 0 }),
  },
  build:
    ({ tInitial, lrMin }) =>
    (base) =>
    (t) =>
      lrMin + (base - lrMin) * (1 - Math.min(t / tInitial, 1)),
};

/** `--sched linear`. */
export const linearSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(linearCurve, {
  name: "linear",
  traits: { hasMinimum: true },
  fromFlags: ({ tInitial, minLr }) => ({ tInitial, lrMin: minLr }),
  scheduler: (optimizer, options) => new LinearLRScheduler(optimizer, options),
});

/**
 * A straight line from base to `lrMin`.
 *
 * lr(t) = lrMin + (base - lrMin) × (1 - T / tInitial), after warm-up; `lrMin` from tInitial on.
 *
 * @param base - Value at the start, finite, >= 0.
 * @param options - `tInitial` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range.
 * @example
 * const lr = linearLr(0.1, { tInitial: 100 });
 * [0, 50, 100, 200].map(lr); // => [0.1, 0.05, 0, 0]
 * @see optax `linear_schedule`
 */
export function linearLr(base: number, options: LinearLrOptions): Schedule {
  return createSchedule("linearLr", linearCurve, base, options);
}

/**
 * A straight line for parameter groups: {@link linearLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new LinearLRScheduler(optimizer, { tInitial: 100 });
 * scheduler.getEpochValues(50); // => [0.05]
 */
export class LinearLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: LinearLRSchedulerOptions) {
    super(optimizer, planScheduler("LinearLRScheduler", linearCurve, options));
  }
}
