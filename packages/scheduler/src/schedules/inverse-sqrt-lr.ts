import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { refusal } from "../errors.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import { type WarmupOptions, warmupChecks, withWarmup } from "../warmup.ts";

/** Options of {@link inverseSqrtLr}. */
export interface InverseSqrtLrOptions extends WarmupOptions {
  /** t after the warm-up at which the value is base / √2, finite, > 0, default `warmupT`. */
  readonly timescaleT?: number;
}

/** Options of {@link InverseSqrtLRScheduler}. */
export interface InverseSqrtLRSchedulerOptions extends InverseSqrtLrOptions, SchedulerOptions {}

const inverseSqrtCurve: Curve<Required<InverseSqrtLrOptions>> = {
  checks: { timescaleT: number({ above: 0, fallback: 0 }), ...warmupChecks },
  ownWarmup: true,
  build: (options, where) => {
    const timescaleT = options.timescaleT || options.warmupT;
    if (!(timescaleT > 0)) {
      const allowed = "a finite number > 0 when there is no warm-up";
      throw new RangeError(refusal(where, "timescaleT", allowed, undefined, "pass it or warmupT"));
    }
    return (base) =>
      withWarmup(
        where,
        { ...options, warmupPrefix: true },
        base,
        (t) => base * Math.sqrt(timescaleT / (timescaleT + t)),
      );
  },
};

/** `--sched invsqrt`. */
export const inverseSqrtSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(inverseSqrtCurve, {
  name: "invsqrt",
  traits: {},
  scheduler: (optimizer, options) => new InverseSqrtLRScheduler(optimizer, options),
});

/**
 * Inverse square root decay, which needs no length.
 *
 * lr(t) = base × √(τ / (τ + t - warmupT)), τ = timescaleT, after warm-up. It meets base at the end of the
 * warm-up, so `warmupPrefix` changes nothing.
 *
 * @param base - Value at the end of the warm-up, finite, >= 0.
 * @param options - `timescaleT` or `warmupT` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range.
 * @example
 * const lr = inverseSqrtLr(0.1, { warmupT: 4 });
 * [0, 2, 4, 16].map(lr); // => [0, 0.05, 0.1, 0.05]
 * @see arXiv:1706.03762
 */
export function inverseSqrtLr(base: number, options: InverseSqrtLrOptions): Schedule {
  return createSchedule("inverseSqrtLr", inverseSqrtCurve, base, options);
}

/**
 * Inverse square root decay of parameter groups: {@link inverseSqrtLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new InverseSqrtLRScheduler(optimizer, { timescaleT: 4 });
 * scheduler.getEpochValues(12); // => [0.05]
 */
export class InverseSqrtLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `timescaleT` or `warmupT` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: InverseSqrtLRSchedulerOptions) {
    super(optimizer, planScheduler("InverseSqrtLRScheduler", inverseSqrtCurve, options));
  }
}
