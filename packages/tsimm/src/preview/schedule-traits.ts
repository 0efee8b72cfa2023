/** What schedules are like: events, warnings and sampling go by it, never by a name. */

/** Traits of a schedule. */
export interface ScheduleTraits {
  /** It repeats: the flags of cycles have an effect. */
  readonly cyclic: boolean;
  /** It holds its rate between drops at some t. */
  readonly stepped: boolean;
  /** Its rates follow a metric, not t alone. */
  readonly followsMetric: boolean;
  /** It rises to its peak by itself, so that it needs no warm-up. */
  readonly warmsUp: boolean;
  /** It holds its rate until the last `decayEpochs`. */
  readonly decaysAtEnd: boolean;
  /** It ends at `minLr`. */
  readonly hasMinimum: boolean;
  /** It multiplies its rate by `decayRate`. */
  readonly hasDecayRate: boolean;
  /** `cooldownEpochs` has an effect. */
  readonly hasCooldown: boolean;
  /** Argument that says when it drops first. */
  readonly dropsAt?: "decayEpochs" | "decayMilestones";
  /** What to do where the run ends well above the minimum; absent: `--cooldown-epochs 1`. */
  readonly endAdvice?: string;
}

const none: ScheduleTraits = {
  ...{ cyclic: false, stepped: false, followsMetric: false, warmsUp: false, decaysAtEnd: false },
  ...{ hasMinimum: false, hasDecayRate: false, hasCooldown: true },
};
const cyclic = { cyclic: true, hasMinimum: true };
const stepped = { stepped: true, hasDecayRate: true, hasCooldown: false };

const TRAITS: Readonly<Record<string, Partial<ScheduleTraits>>> = {
  cosine: cyclic,
  exponential: {
    ...{ hasDecayRate: true, hasMinimum: true },
    endAdvice: "lower --decay-epochs or --decay-rate",
  },
  linear: { hasMinimum: true },
  multistep: { ...stepped, dropsAt: "decayMilestones" },
  onecycle: { warmsUp: true },
  plateau: { followsMetric: true, hasDecayRate: true, hasMinimum: true },
  poly: {
    ...cyclic,
    endAdvice: "its power is --decay-rate unless there is a --power, 1 for a straight line",
  },
  step: { ...stepped, dropsAt: "decayEpochs" },
  tanh: cyclic,
  wsd: { decaysAtEnd: true, hasMinimum: true },
};

/**
 * Traits of a schedule.
 *
 * @param sched - Its name.
 * @example
 * scheduleTraits("step").dropsAt; // => "decayEpochs"
 * scheduleTraits("constant").hasMinimum; // => false
 */
export function scheduleTraits(sched: string): ScheduleTraits {
  return { ...none, ...(Object.hasOwn(TRAITS, sched) ? TRAITS[sched] : {}) };
}
