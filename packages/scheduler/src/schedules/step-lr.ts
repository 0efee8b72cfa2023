import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { finite } from "../errors.ts";
import { floorDivide } from "../math/floor-division.ts";
import { pow } from "../math/pow.ts";
import { rememberLast } from "../math/remember.ts";
import { number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Options of {@link stepLr}. */
export interface StepLrOptions extends WarmupOptions {
  /** Distance in t between two drops, finite, > 0; fractions allowed. */
  readonly decayT: number;
  /** Factor of each drop, finite, >= 0, default 1. */
  readonly decayRate?: number;
}

/** Options of {@link StepLRScheduler}. */
export interface StepLRSchedulerOptions extends StepLrOptions, SchedulerOptions {}

const stepCurve: Curve<Own<StepLrOptions>> = {
  checks: {
    decayT: number({ above: 0, advice: "pass the number of epochs between drops" }),
    decayRate: number({ atLeast: 0, fallback: 1 }),
  },
  build: ({ decayT, decayRate }, where) => {
    const afterDrops = rememberLast((drops) => pow(decayRate, drops));
    const factorAt = rememberLast((t) => afterDrops(floorDivide(t, decayT)));
    return (base) => (t) => finite(base * factorAt(t), where, "decayRate", decayRate);
  },
};

/** `--sched step`. */
export const stepSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(stepCurve, {
  name: "step",
  traits: {
    inTimm: true,
    stepped: true,
    hasDecayRate: true,
    ignoresCooldown: true,
    dropsAt: "decayEpochs",
  },
  fromFlags: ({ decayT, decayRate }) => ({ decayT, decayRate }),
  scheduler: (optimizer, options) => new StepLRScheduler(optimizer, options),
});

/**
 * Step decay: the value drops by a factor every `decayT`.
 *
 * lr(t) = base × decayRate ^ floor(T / decayT), after warm-up.
 *
 * @param base - Value before the first drop, finite, >= 0.
 * @param options - `decayT` is required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range, or at a t where the value overflows.
 * @example
 * const lr = stepLr(0.1, { decayT: 30, decayRate: 0.1 });
 * lr(29); // => 0.1
 * lr(30); // => 0.010000000000000002
 * @see timm `timm/scheduler/step_lr.py`
 */
export function stepLr(base: number, options: StepLrOptions): Schedule {
  return createSchedule("stepLr", stepCurve, base, options);
}

/**
 * Step decay of parameter groups: {@link stepLr} with timm's name, units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 1e-4 }] };
 * const scheduler = new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.5 });
 * scheduler.getEpochValues(4); // => [0.0001]
 * scheduler.getEpochValues(5); // => [0.00005]
 * scheduler.step(10);
 * optimizer.paramGroups[0]?.lr; // => 0.000025
 * @see timm `timm/scheduler/step_lr.py`
 */
export class StepLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `decayT` is required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: StepLRSchedulerOptions) {
    super(optimizer, planScheduler("StepLRScheduler", stepCurve, options));
  }
}
