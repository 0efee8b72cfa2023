import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { cos } from "../math/cos.ts";
import { choice, number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import { type WarmupOptions, warmupChecks, withWarmup } from "../warmup.ts";

/** Options of {@link oneCycleLr}. */
export interface OneCycleLrOptions extends WarmupOptions {
  /** Length in t, finite, > 0. */
  readonly tInitial: number;
  /** Part of the length that the rise takes, > 0, < 1, default 0.3. */
  readonly pctStart?: number;
  /** Peak / start, finite, > 0, default 25. */
  readonly divFactor?: number;
  /** Start / end, finite, > 0, default 1e4. */
  readonly finalDivFactor?: number;
  /** Shape of rise and fall: `"cos"` (the default) or `"linear"`. */
  readonly anneal?: "cos" | "linear";
}

/** Options of {@link OneCycleLRScheduler}. */
export interface OneCycleLRSchedulerOptions extends OneCycleLrOptions, SchedulerOptions {}

const oneCycleCurve: Curve<Required<OneCycleLrOptions>> = {
  checks: {
    tInitial: number({ above: 0, advice: "pass the length of the cycle" }),
    pctStart: number({ above: 0, below: 1, fallback: 0.3 }),
    divFactor: number({ above: 0, fallback: 25 }),
    finalDivFactor: number({ above: 0, fallback: 1e4 }),
    anneal: choice(["cos", "linear"], "cos"),
    ...warmupChecks,
  },
  startsAtSchedule: true,
  ownWarmup: true,
  build: (options, where) => (base) => {
    const { tInitial, pctStart, divFactor, finalDivFactor, anneal } = options;
    const start = finite(base / divFactor, where, "divFactor", divFactor);
    const end = finite(start / finalDivFactor, where, "finalDivFactor", finalDivFactor);
    const peakT = pctStart * tInitial;
    const left = anneal === "cos" ? (x: number) => (1 + cos(Math.PI * x)) / 2 : (x: number) => 1 - x;
    return withWarmup(where, options, start, (t) => {
      if (t === peakT) return base;
      if (t < peakT) return base + (start - base) * left(t / peakT);
      return end + (base - end) * left(Math.min((t - peakT) / (tInitial - peakT), 1));
    });
  },
};

/** `--sched onecycle`. */
export const oneCycleSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(oneCycleCurve, {
  name: "onecycle",
  traits: { warmsUp: true },
  flags: {
    pctStart: {
      type: "float",
      default: 0.3,
      above: 0,
      below: 1,
      help: "share of the run in which the rate rises",
    },
    divFactor: { type: "float", default: 25, above: 0, help: "peak divided by the first rate" },
    finalDivFactor: { type: "float", default: 1e4, above: 0, help: "first rate divided by the last one" },
    anneal: {
      type: "string",
      default: "cos",
      choices: ["cos", "linear"],
      help: "shape of the rise and of the fall",
    },
  },
  fromFlags: ({ tInitial }) => ({ tInitial }),
  turns: ({ tInitial }, { pctStart = 0.3 }) => [pctStart * tInitial],
  scheduler: (optimizer, options) => new OneCycleLRScheduler(optimizer, options),
});

/**
 * One cycle (super-convergence): up to base, then down to almost nothing.
 *
 * From base / divFactor at T = 0 up to base at T = pctStart × tInitial, down to base / divFactor /
 * finalDivFactor at T = tInitial and after: to + (from - to) × (1 + cos(π x)) / 2 with x from 0 to 1 in each
 * phase, or to + (from - to) × (1 - x) for `anneal` `"linear"`. The phases end exactly at these T; PyTorch
 * ends them one step earlier.
 *
 * For momentum in the opposite phase use a second scheduler with `paramGroupField: "momentum"`, base the low
 * value, divFactor low / high, finalDivFactor 1.
 *
 * @param base - The peak, finite, >= 0.
 * @param options - `tInitial` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range.
 * @example
 * const lr = oneCycleLr(1, { tInitial: 100, pctStart: 0.25, divFactor: 4, anneal: "linear" });
 * [0, 25, 100].map(lr); // => [0.25, 1, 0.000025]
 * @see PyTorch `OneCycleLR`, arXiv:1708.07120
 */
export function oneCycleLr(base: number, options: OneCycleLrOptions): Schedule {
  return createSchedule("oneCycleLr", oneCycleCurve, base, options);
}

/**
 * One cycle for parameter groups: {@link oneCycleLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 1 }] };
 * const scheduler = new OneCycleLRScheduler(optimizer, { tInitial: 100, divFactor: 8 });
 * optimizer.paramGroups[0]?.lr; // => 0.125
 * scheduler.getEpochValues(30); // => [1]
 */
export class OneCycleLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: OneCycleLRSchedulerOptions) {
    super(optimizer, planScheduler("OneCycleLRScheduler", oneCycleCurve, options));
  }
}
