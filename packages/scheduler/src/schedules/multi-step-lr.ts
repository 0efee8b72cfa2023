import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { pow } from "../math/pow.ts";
import { rememberLast } from "../math/remember.ts";
import { checkMilestones, countUpTo } from "../milestones.ts";
import { choice, number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Options of {@link multiStepLr}. */
export interface MultiStepLrOptions extends WarmupOptions {
  /** Milestones in t, finite, >= 0, ascending; equal ones count twice. */
  readonly decayT: readonly number[];
  /** Factor of each drop, finite, >= 0, default 1. */
  readonly decayRate?: number;
  /** `"timm"` (the default): milestone m is decayed at t = m - 1 already; `"torch"`: at t = m. */
  readonly milestoneTiming?: "timm" | "torch";
}

/** Options of {@link MultiStepLRScheduler}. */
export interface MultiStepLRSchedulerOptions extends MultiStepLrOptions, SchedulerOptions {}

const multiStepCurve: Curve<Own<MultiStepLrOptions>> = {
  checks: {
    decayT: checkMilestones,
    decayRate: number({ atLeast: 0, fallback: 1 }),
    milestoneTiming: choice(["timm", "torch"], "timm"),
  },
  build: ({ decayT, decayRate, milestoneTiming }, where) => {
    const lead = milestoneTiming === "timm" ? 1 : 0;
    const afterDrops = rememberLast((drops) => pow(decayRate, drops));
    const factorAt = rememberLast((t) => afterDrops(countUpTo(decayT, t + lead)));
    return (base) => (t) => finite(base * factorAt(t), where, "decayRate", decayRate);
  },
};

/** `--sched multistep`. */
export const multiStepSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(multiStepCurve, {
  name: "multistep",
  traits: {
    inTimm: true,
    stepped: true,
    hasDecayRate: true,
    ignoresCooldown: true,
    dropsAt: "decayMilestones",
  },
  fromFlags: ({ milestones, decayRate, milestoneTiming }) => ({
    decayT: milestones,
    decayRate,
    milestoneTiming,
  }),
  scheduler: (optimizer, options) => new MultiStepLRScheduler(optimizer, options),
});

/**
 * Step decay at milestones.
 *
 * lr(t) = base × decayRate ^ k, k = number of milestones <= T + 1 as timm counts, or <= T as PyTorch does.
 *
 * @param base - Value before the first milestone, finite, >= 0.
 * @param options - `decayT`, the milestones, is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = multiStepLr(1, { decayT: [3, 6], decayRate: 0.1 });
 * [1, 2, 5].map(lr); // => [1, 0.1, 0.010000000000000002]
 * const torch = multiStepLr(1, { decayT: [3, 6], decayRate: 0.1, milestoneTiming: "torch" });
 * [2, 3, 6].map(torch); // => [1, 0.1, 0.010000000000000002]
 * @see timm `timm/scheduler/multistep_lr.py`
 */
export function multiStepLr(base: number, options: MultiStepLrOptions): Schedule {
  return createSchedule("multiStepLr", multiStepCurve, base, options);
}

/**
 * Step decay of parameter groups at milestones: {@link multiStepLr} with timm's name, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 1 }] };
 * const scheduler = new MultiStepLRScheduler(optimizer, { decayT: [3, 6], decayRate: 0.1 });
 * scheduler.getEpochValues(2); // => [0.1]
 * @see timm `timm/scheduler/multistep_lr.py`
 */
export class MultiStepLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `decayT`, the milestones, is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: MultiStepLRSchedulerOptions) {
    super(optimizer, planScheduler("MultiStepLRScheduler", multiStepCurve, options));
  }
}
