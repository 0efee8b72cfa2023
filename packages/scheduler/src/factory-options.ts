import { checkMilestones } from "./milestones.ts";
import { noiseChecks } from "./noise.ts";
import { boolean, type Check, type Checks, choice, number } from "./options.ts";
import { readSchedule, scheduleNamed } from "./registry.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";
import type { SchedulerName } from "./schedules/index.ts";

/** Options of {@link createSchedulerV2}: timm's, in camelCase, all with defaults. */
export interface CreateSchedulerOptions extends ScheduleSettings {
  /** Which schedule, built in or registered, default `"cosine"`. */
  readonly sched?: SchedulerName;
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

/** Checks of the factory's options. */
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
