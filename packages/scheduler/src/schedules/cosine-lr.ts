import { type CycleOptions, CyclicScheduler, cycleChecks, inCycles, renamedCycleOptions } from "../cycles.ts";
import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { cos } from "../math/cos.ts";
import { pow } from "../math/pow.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Schedule } from "../schedule.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";

/** Options of {@link cosineLr}. */
export interface CosineLrOptions extends CycleOptions {
  /** Exponent of t within a cycle, finite, > 0, default 1: above 1 the value stays high for longer. */
  readonly kDecay?: number;
}

/** Options of {@link CosineLRScheduler}. */
export interface CosineLRSchedulerOptions extends CosineLrOptions, SchedulerOptions {}

const cosineCurve: Curve<Required<CosineLrOptions>> = {
  checks: { ...cycleChecks, kDecay: number({ above: 0, fallback: 1 }) },
  renamed: renamedCycleOptions,
  build: (options, where) => {
    const { kDecay } = options;
    return inCycles(where, options, 0.5, (elapsed, length) => {
      const whole = finite(pow(length, kDecay), where, "kDecay", kDecay);
      const angle = (Math.PI * pow(elapsed, kDecay)) / whole;
      return 1 + cos(finite(angle, where, "kDecay", kDecay));
    });
  },
};

/** `--sched cosine`. */
export const cosineSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(cosineCurve, {
  name: "cosine",
  traits: { inTimm: true, cyclic: true, hasMinimum: true },
  fromFlags: ({ cycles, kDecay }) => ({ ...cycles, kDecay }),
  scheduler: (optimizer, options) => new CosineLRScheduler(optimizer, options),
});

/**
 * Cosine annealing with restarts (SGDR) and k-decay.
 *
 * lr(t) = lrMin + (high - lrMin) × (1 + cos(π tc^k / ti^k)) / 2, with tc the t since the start of cycle i,
 * ti its length, high = base × cycleDecay^i, k = kDecay; `lrMin` after the last cycle.
 *
 * @param base - Highest value of the first cycle, finite, >= 0.
 * @param options - `tInitial` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = cosineLr(0.1, { tInitial: 100, warmupT: 5 });
 * [0, 1, 50, 100].map(lr); // => [0, 0.02, 0.05, 0]
 * @see timm `timm/scheduler/cosine_lr.py`, arXiv:1608.03983, arXiv:2004.05909
 */
export function cosineLr(base: number, options: CosineLrOptions): Schedule {
  return createSchedule("cosineLr", cosineCurve, base, options);
}

/**
 * Cosine annealing of parameter groups: {@link cosineLr} with timm's name, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new CosineLRScheduler(optimizer, { tInitial: 10, cycleMul: 2, cycleLimit: 3 });
 * scheduler.getCycleLength(); // => 70
 * scheduler.getEpochValues(5); // => [0.05]
 * @see timm `timm/scheduler/cosine_lr.py`
 */
export class CosineLRScheduler extends CyclicScheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: CosineLRSchedulerOptions) {
    super(optimizer, planScheduler("CosineLRScheduler", cosineCurve, options));
  }
}
