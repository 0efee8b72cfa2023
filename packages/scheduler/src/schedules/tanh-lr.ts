import { type CycleOptions, CyclicScheduler, cycleChecks, inCycles, renamedCycleOptions } from "../cycles.ts";
import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { refusal } from "../errors.ts";
import { tanh } from "../math/tanh.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Schedule } from "../schedule.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import { withWarmup } from "../warmup.ts";

/** Options of {@link tanhLr}. */
export interface TanhLrOptions extends CycleOptions {
  /** Argument of tanh at the start of a cycle, finite, < `ub`, default -7. */
  readonly lb?: number;
  /** Argument of tanh at the end of a cycle, finite, > `lb`, default 3. */
  readonly ub?: number;
}

/** Options of {@link TanhLRScheduler}. */
export interface TanhLRSchedulerOptions extends TanhLrOptions, SchedulerOptions {}

const tanhCurve: Curve<Required<TanhLrOptions>> = {
  checks: { ...cycleChecks, lb: number({ fallback: -7 }), ub: number({ fallback: 3 }) },
  renamed: renamedCycleOptions,
  ownWarmup: true,
  build: (options, where) => {
    const { lb, ub, warmupT, warmupPrefix } = options;
    if (!(lb < ub)) throw new RangeError(refusal(where, "lb", `< ub (= ${ub})`, lb));
    const cycles = inCycles(where, options, 0.5, (elapsed, length) => {
      const tr = elapsed / length;
      return 1 - tanh(lb * (1 - tr) + ub * tr);
    });
    return (base) => {
      const schedule = cycles(base);
      const end = warmupPrefix || warmupT === 0 ? base : schedule(warmupT);
      return withWarmup(where, options, end, schedule);
    };
  },
};

/** `--sched tanh`. */
export const tanhSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(tanhCurve, {
  name: "tanh",
  traits: { inTimm: true, cyclic: true, hasMinimum: true },
  flags: {
    lb: { type: "float", default: -7, help: "argument of tanh at the start of a cycle, below --ub" },
    ub: { type: "float", default: 3, help: "argument of tanh at the end of a cycle" },
  },
  fromFlags: ({ cycles }) => cycles,
  scheduler: (optimizer, options) => new TanhLRScheduler(optimizer, options),
});

/**
 * Hyperbolic tangent decay with restarts.
 *
 * lr(t) = lrMin + (high - lrMin) × (1 - tanh(lb (1 - tr) + ub tr)) / 2, with tr from 0 to 1 within cycle i and
 * high = base × cycleDecay^i; `lrMin` after the last cycle. The ends are never quite met: with lb -7, ub 3 a
 * cycle runs from 0.9999992 to 0.0025 of high.
 *
 * @param base - Highest value of the first cycle, finite, >= 0.
 * @param options - `tInitial` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = tanhLr(0.1, { tInitial: 100 });
 * [0, 70, 100].map(lr); // => [0.09999991684719724, 0.050000000000000044, 0]
 * @see timm `timm/scheduler/tanh_lr.py`, arXiv:1806.01593
 */
export function tanhLr(base: number, options: TanhLrOptions): Schedule {
  return createSchedule("tanhLr", tanhCurve, base, options);
}

/**
 * Hyperbolic tangent decay of parameter groups: {@link tanhLr} with timm's name, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new TanhLRScheduler(optimizer, { tInitial: 100 });
 * scheduler.getEpochValues(70); // => [0.050000000000000044]
 * @see timm `timm/scheduler/tanh_lr.py`
 */
export class TanhLRScheduler extends CyclicScheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: TanhLRSchedulerOptions) {
    super(optimizer, planScheduler("TanhLRScheduler", tanhCurve, options));
  }
}
