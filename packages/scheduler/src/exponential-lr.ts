import { finite } from "./errors.ts";
import { pow } from "./math/pow.ts";
import { rememberLast } from "./math/remember.ts";
import { number } from "./options.ts";
import type { OptimizerLike } from "./param-groups.ts";
import { createSchedule, type Schedule, type ScheduleDefinition } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";
import { planScheduler, type SchedulerOptions } from "./scheduler-options.ts";
import { type WarmupOptions, warmupChecks, withWarmup } from "./warmup.ts";

/** Options of {@link exponentialLr}. */
export interface ExponentialLrOptions extends WarmupOptions {
  /** Factor per `decayT`, finite, >= 0. */
  readonly decayRate: number;
  /** Distance in t over which the value changes by `decayRate`, finite, > 0, default 1. */
  readonly decayT?: number;
  /** Least value, finite, >= 0, default 0. */
  readonly lrMin?: number;
}

/** Options of {@link ExponentialLRScheduler}. */
export interface ExponentialLRSchedulerOptions extends ExponentialLrOptions, SchedulerOptions {}

const exponentialSchedule: ScheduleDefinition<Required<ExponentialLrOptions>> = {
  checks: {
    decayRate: number({ atLeast: 0, advice: "pass the factor per decayT" }),
    decayT: number({ above: 0, fallback: 1 }),
    lrMin: number({ atLeast: 0, fallback: 0 }),
    ...warmupChecks,
  },
  build: (options, where) => {
    const { decayRate, decayT, lrMin } = options;
    const factorAt = rememberLast((t) => pow(decayRate, t / decayT));
    return (base) =>
      withWarmup(where, options, base, (t) =>
        Math.max(lrMin, finite(base * factorAt(t), where, "decayRate", decayRate)),
      );
  },
};

/**
 * Exponential decay: the smooth form of step decay.
 *
 * lr(t) = max(lrMin, base × decayRate ^ (T / decayT)), after warm-up.
 *
 * @param base - Value at the start, finite, >= 0.
 * @param options - `decayRate` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = exponentialLr(1, { decayRate: 0.25, decayT: 2 });
 * [0, 1, 2].map(lr); // => [1, 0.5, 0.25]
 * @see optax `exponential_decay`
 */
export function exponentialLr(base: number, options: ExponentialLrOptions): Schedule {
  return createSchedule("exponentialLr", exponentialSchedule, base, options);
}

/**
 * Exponential decay of parameter groups: {@link exponentialLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new ExponentialLRScheduler(optimizer, { decayRate: 0.5 });
 * scheduler.getEpochValues(1); // => [0.05]
 */
export class ExponentialLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `decayRate` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: ExponentialLRSchedulerOptions) {
    super(optimizer, planScheduler("ExponentialLRScheduler", exponentialSchedule, options));
  }
}
