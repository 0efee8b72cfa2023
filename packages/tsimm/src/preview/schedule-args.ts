import type { SchedulerArgs } from "@tsimm/scheduler";

/** Arguments of a schedule without defaults, as the flags of training have them. */
export interface ScheduleArgs
  extends Required<
    Pick<
      SchedulerArgs,
      | "sched"
      | "schedOnUpdates"
      | "epochs"
      | "warmupEpochs"
      | "warmupLr"
      | "warmupPrefix"
      | "minLr"
      | "decayEpochs"
      | "decayMilestones"
      | "decayRate"
      | "cooldownEpochs"
      | "patienceEpochs"
      | "plateauThreshold"
      | "thresholdMode"
      | "lrCycleDecay"
      | "lrCycleMul"
      | "lrCycleLimit"
    >
  > {
  /** Base learning rate. */
  readonly lr: number;
  /** Fractions of `epochs` from (and to) which there is noise; null: none. */
  readonly lrNoise: readonly number[] | null;
}
