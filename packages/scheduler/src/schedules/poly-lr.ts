import { type CycleOptions, CyclicScheduler, cycleChecks, inCycles, renamedCycleOptions } from "../cycles.ts";
import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { pow } from "../math/pow.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Schedule } from "../schedule.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";

/** Options of {@link polyLr}. */
export interface PolyLrOptions extends CycleOptions {
  /** Exponent of what is left of a cycle, finite, > 0, default 0.5. */
  readonly power?: number;
  /** Exponent of t within a cycle, finite, > 0, default 1: above 1 the value stays high for longer. */
  readonly kDecay?: number;
}

/** Options of {@link PolyLRScheduler}. */
export interface PolyLRSchedulerOptions extends PolyLrOptions, SchedulerOptions {}

const polyCurve: Curve<Required<PolyLrOptions>> = {
  checks: {
    ...cycleChecks,
    power: number({ above: 0, fallback: 0.5 }),
    kDecay: number({ above: 0, fallback: 1 }),
  },
  renamed: renamedCycleOptions,
  build: (options, where) => {
    const { power, kDecay } = options;
    return inCycles(where, options, 1, (elapsed, length) => {
      const whole = finite(pow(length, kDecay), where, "kDecay", kDecay);
      const done = finite(pow(elapsed, kDecay) / whole, where, "kDecay", kDecay);
      // A fractional length can leave `done` an ulp above 1, of which timm makes a complex rate.
      return pow(Math.max(0, 1 - done), power);
    });
  },
};

/** `--sched poly`. */
export const polySchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(polyCurve, {
  name: "poly",
  traits: { inTimm: true, cyclic: true, hasMinimum: true, hasPower: true },
  fromFlags: ({ cycles, power, decayRate, kDecay }) => ({ ...cycles, power: power ?? decayRate, kDecay }),
  scheduler: (optimizer, options) => new PolyLRScheduler(optimizer, options),
});

/**
 * Polynomial decay with restarts and k-decay.
 *
 * lr(t) = lrMin + (high - lrMin) × (1 - tc^k / ti^k)^power, with tc the t since the start of cycle i, ti its
 * length, high = base × cycleDecay^i, k = kDecay; `lrMin` after the last cycle.
 *
 * @param base - Highest value of the first cycle, finite, >= 0.
 * @param options - `tInitial` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = polyLr(0.1, { tInitial: 100, power: 2 });
 * [0, 50, 100].map(lr); // => [0.1, 0.025, 0]
 * @see timm `timm/scheduler/poly_lr.py`, arXiv:2004.05909
 */
export function polyLr(base: number, options: PolyLrOptions): Schedule {
  return createSchedule("polyLr", polyCurve, base, options);
}

/**
 * Polynomial decay of parameter groups: {@link polyLr} with timm's name, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new PolyLRScheduler(optimizer, { tInitial: 100, power: 2 });
 * scheduler.getEpochValues(50); // => [0.025]
 * @see timm `timm/scheduler/poly_lr.py`
 */
export class PolyLRScheduler extends CyclicScheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: PolyLRSchedulerOptions) {
    super(optimizer, planScheduler("PolyLRScheduler", polyCurve, options));
  }
}
