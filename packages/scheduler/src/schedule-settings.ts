/** Settings that the factory takes for every schedule: timm's, in camelCase, all with defaults. */
export interface ScheduleSettings {
  /** Length of the (first) cycle in epochs, > 0, default 300. */
  readonly numEpochs?: number;
  /**
   * step, exponential: epochs between drops, default 90; wsd: epochs of decay, default 0.3 × `numEpochs`; > 0,
   * fractions allowed.
   */
  readonly decayEpochs?: number;
  /** multistep: milestones in epochs, default [90, 180, 270]. */
  readonly decayMilestones?: readonly number[];
  /** Epochs of warm-up, >= 0, default 0. */
  readonly warmupEpochs?: number;
  /** Value at the start of the warm-up, >= 0, default 1e-5. */
  readonly warmupLr?: number;
  /** true: the schedule starts after the warm-up and the run gets longer by it; default false. */
  readonly warmupPrefix?: boolean;
  /** Epochs added after a cyclic schedule; plateau: epochs of rest after a drop; >= 0, default 0. */
  readonly cooldownEpochs?: number;
  /** plateau: bad epochs borne before a drop, an integer >= 0, default 10. */
  readonly patienceEpochs?: number;
  /** step, multistep, plateau, exponential: factor of a drop; poly: `power` if that is absent; default 0.1. */
  readonly decayRate?: number;
  /** poly: exponent, > 0; absent: `decayRate`, as in timm. */
  readonly power?: number | null;
  /** Least value of cosine, tanh, poly, plateau, linear, exponential and wsd, >= 0, default 0. */
  readonly minLr?: number;
  /** Factor from a cycle's length to the next one's, > 0, default 1. */
  readonly cycleMul?: number;
  /** Factor from a cycle's highest value to the next one's, >= 0, default 0.1. */
  readonly cycleDecay?: number;
  /** Number of cycles, an integer >= 0, default 1. */
  readonly cycleLimit?: number;
  /** Exponent of t within a cycle of cosine and poly, > 0, default 1. */
  readonly kDecay?: number;
  /** When noise applies, as fractions of `numEpochs`: from `a`, from `a` to `b`; null (the default): never. */
  readonly noise?: number | readonly number[] | null;
  /** Bound of a draw, default 0.67. */
  readonly noisePct?: number;
  /** Standard deviation of a draw, > 0, default 1. */
  readonly noiseStd?: number;
  /** Seed of the noise, default 42. */
  readonly noiseSeed?: number | bigint | null;
  /** plateau: which metric is better, default `"max"`. */
  readonly plateauMode?: "max" | "min";
  /** plateau: how much better counts, default 1e-4. */
  readonly plateauThreshold?: number;
  /** plateau: whether `plateauThreshold` is a fraction (`"rel"`, the default) or a difference (`"abs"`). */
  readonly thresholdMode?: "rel" | "abs";
  /** multistep: `"timm"` (the default) decays at t = milestone - 1, `"torch"` at the milestone. */
  readonly milestoneTiming?: "timm" | "torch";
  /** true (the default): `step` acts; false: `stepUpdate` acts, on updates. */
  readonly stepOnEpochs?: boolean;
  /** Updates in an epoch, an integer > 0 where `stepOnEpochs` is false. */
  readonly updatesPerEpoch?: number;
}
