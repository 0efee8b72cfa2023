import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { pow } from "../math/pow.ts";
import { rememberLast } from "../math/remember.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

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

const exponentialCurve: Curve<Own<ExponentialLrOptions>> = {
  checks: {
    decayRate: number({ atLeast: 0, advice: "pass the factor per decayT" }),
    decayT: number({ above: 0, fallback: 1 }),
    lrMin: number({ atLeast: 0, fallback: 0 }),
  },
  build: ({ decayRate, decayT, lrMin }, where) => {
    const factorAt = rememberLast((t) => pow(decayRate, t / decayT));
    return (base) => (t) => Math.max(lrMin, finite(base * factorAt(t), where, "decayRate", decayRate));
  },
};

/** `--sched exponential`. */
export const exponentialSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(exponentialCurve, {
  name: "exponential",
  traits: { hasDecayRate: true, hasMinimum: true },
  fromFlags: ({ decayRate, decayT, minLr }) => ({ decayRate, decayT, lrMin: minLr }),
  scheduler: (optimizer, options) => new ExponentialLRScheduler(optimizer, options),
});

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
  return createSchedule("exponentialLr", exponentialCurve, base, options);
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
    super(optimizer, planScheduler("ExponentialLRScheduler", exponentialCurve, options));
  }
}
