import { checkMilestones } from "./milestones.ts";
import { noiseChecks } from "./noise.ts";
import { boolean, type Check, type Checks, choice, number } from "./options.ts";
import { readSchedule, scheduleNamed } from "./registry.ts";
import type { SchedulerName } from "./schedules/index.ts";

/** Options of {@link createSchedulerV2}: timm's, in camelCase, all with defaults. */
export interface CreateSchedulerOptions {
  /** Which schedule, built in or registered, default `"cosine"`. */
  readonly sched?: SchedulerName;
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

const sched: Check<SchedulerName> = (value, where, option) =>
  value === undefined ? "cosine" : readSchedule(value, where, option).name;

const power: Check<number | null> = (value, where, option) => {
  if (value === undefined || value === null) return null;
  return number({ above: 0 })(value, where, option);
};

const noise: Check<number | readonly number[] | null> = (value, where, option) => {
  if (!Array.isArray(value) || value.length !== 1) return noiseChecks.noiseRangeT(value, where, option);
  return noiseChecks.noiseRangeT(value[0], where, `${option}[0]`);
};

/** How the factory's options are read. */
export const factoryChecks: Checks<Required<CreateSchedulerOptions>> = {
  sched,
  numEpochs: number({ above: 0, fallback: 300 }),
  decayEpochs: number({ above: 0, fallback: 90 }),
  decayMilestones: (value, where, option) => checkMilestones(value ?? [90, 180, 270], where, option),
  warmupEpochs: number({ atLeast: 0, fallback: 0 }),
  warmupLr: number({ atLeast: 0, fallback: 1e-5 }),
  warmupPrefix: boolean(false),
  cooldownEpochs: number({ atLeast: 0, fallback: 0 }),
  patienceEpochs: number({ atLeast: 0, integer: true, fallback: 10 }),
  decayRate: number({ atLeast: 0, fallback: 0.1 }),
  power,
  minLr: number({ atLeast: 0, fallback: 0 }),
  cycleMul: number({ above: 0, fallback: 1 }),
  cycleDecay: number({ atLeast: 0, fallback: 0.1 }),
  cycleLimit: number({ atLeast: 0, integer: true, fallback: 1 }),
  kDecay: number({ above: 0, fallback: 1 }),
  noise,
  noisePct: noiseChecks.noisePct,
  noiseStd: noiseChecks.noiseStd,
  noiseSeed: noiseChecks.noiseSeed,
  plateauMode: choice(["max", "min"], "max"),
  plateauThreshold: number({ atLeast: 0, fallback: 1e-4 }),
  thresholdMode: choice(["rel", "abs"], "rel"),
  milestoneTiming: choice(["timm", "torch"], "timm"),
  stepOnEpochs: boolean(true),
  updatesPerEpoch: number({ atLeast: 0, integer: true, fallback: 0 }),
};

/** `decayEpochs` where none is given; a decay at the end lies within its run, whatever the length. */
export function defaultDecayEpochs(sched: unknown, numEpochs: number, otherwise: number): number {
  return scheduleNamed(sched)?.traits.decaysAtEnd ? (3 * numEpochs) / 10 : otherwise;
}
