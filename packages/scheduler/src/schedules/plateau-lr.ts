import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { refusal } from "../errors.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { checkThreshold, type PlateauOptions, plateauChecks } from "../plateau.ts";
import { followMetric } from "../plateau-motion.ts";
import { type Curve, checkT } from "../schedule.ts";
import { EPOCH_ADVICE, Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import { ramp, type WarmupOptions, warmupChecks } from "../warmup.ts";

/** Options of {@link PlateauLRScheduler}. */
export interface PlateauLRSchedulerOptions
  extends PlateauOptions,
    Omit<WarmupOptions, "warmupPrefix">,
    Omit<SchedulerOptions, "tInEpochs"> {}

type Resolved = Required<PlateauOptions> & Required<Omit<WarmupOptions, "warmupPrefix">>;

const { warmupT, warmupLrInit } = warmupChecks;

const plateauCurve: Curve<Resolved> = {
  checks: { ...plateauChecks, warmupT, warmupLrInit },
  ownWarmup: true,
  motion: followMetric,
  build(options, where) {
    checkThreshold(where, options);
    return (base) => (options.warmupT > 0 ? ramp(where, options, base) : () => base);
  },
};

/** `--sched plateau`. */
export const plateauSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(plateauCurve, {
  name: "plateau",
  traits: { inTimm: true, followsMetric: true, hasDecayRate: true, hasMinimum: true },
  fromFlags: (flags) => ({
    decayRate: flags.decayRate,
    patienceT: flags.patienceEpochs,
    threshold: flags.plateauThreshold,
    thresholdMode: flags.thresholdMode,
    cooldownT: flags.cooldownT,
    lrMin: flags.minLr,
    mode: flags.plateauMode,
  }),
  scheduler: (optimizer, options) => new PlateauLRScheduler(optimizer, options),
});

/**
 * Drops the learning rate when a metric stops improving: after more than `patienceT` epochs that are not
 * better than the best, each group's value becomes value × decayRate, but not less than `lrMin`.
 *
 * It remembers: values depend on the calls made, not on t alone. So `getEpochValues` and `getUpdateValues`
 * return null, and `stepUpdate` does nothing.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new PlateauLRScheduler(optimizer, { patienceT: 1 });
 * [0.5, 0.6, 0.6, 0.6].forEach((top1, i) => scheduler.step(i + 1, top1));
 * optimizer.paramGroups[0]?.lr; // => 0.010000000000000002
 * @see timm `timm/scheduler/plateau_lr.py`
 */
export class PlateauLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - All have defaults.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: PlateauLRSchedulerOptions = {}) {
    super(optimizer, planScheduler("PlateauLRScheduler", plateauCurve, options));
  }

  /** null: there is no function of t. */
  override getEpochValues(epoch: number): null {
    checkT(epoch, this.name, EPOCH_ADVICE);
    return null;
  }

  /** @throws TypeError always: the values follow a metric, read them in the groups. */
  override valuesAt(t: number): never {
    const allowed = "asked of a function of t";
    const advice = "read the groups: the values follow a metric";
    throw new TypeError(refusal(this.name, "valuesAt", allowed, t, advice));
  }
}
