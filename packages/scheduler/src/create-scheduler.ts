import { endOfShrinking, isPastShrinking, totalLength } from "./cycles.ts";
import type { ScheduleDefinition, ScheduleFlag, ScheduleFlags } from "./define-schedule.ts";
import { DefinedScheduler } from "./defined-scheduler.ts";
import { finite, refusal } from "./errors.ts";
import { type CreateSchedulerOptions, defaultDecayEpochs, factoryChecks } from "./factory-options.ts";
import { floorDivide } from "./math/floor-division.ts";
import { readKnown, readOptions, refuseUnknown } from "./options.ts";
import type { OptimizerLike } from "./param-groups.ts";
import { findSchedule, ownFlags } from "./registry.ts";
import type { Scheduler } from "./scheduler.ts";
import { flagNames, readArgs, type SchedulerArgs } from "./scheduler-kwargs.ts";

/** A scheduler, and how many epochs the run takes with its warm-up, cycles and cooldown. */
export interface ScheduledRun {
  readonly scheduler: Scheduler;
  /** Whole epochs, at least 1. */
  readonly numEpochs: number;
  /** t at which the curve has a corner, warm-up, noise, cycles, drops and its end apart. */
  readonly turns: readonly number[];
}

/**
 * Makes the scheduler that timm's training flags describe.
 *
 * @param args - Training flags in camelCase (`sched`, `epochs`, `decayEpochs`, `lrNoise`, …); others are ignored.
 * @param optimizer - Whose groups to drive.
 * @param options - `updatesPerEpoch`: needed where `args.schedOnUpdates` is true.
 * @throws RangeError for an unknown schedule or a value out of its range.
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const args = { sched: "step", epochs: 90, decayEpochs: 30, warmupEpochs: 0 };
 * const { scheduler, numEpochs } = createScheduler(args, optimizer);
 * numEpochs; // => 90
 * scheduler.getEpochValues(30); // => [0.010000000000000002]
 * @see timm `timm/scheduler/scheduler_factory.py`
 */
export function createScheduler(
  args: SchedulerArgs,
  optimizer: OptimizerLike,
  options: { readonly updatesPerEpoch?: number } = {},
): ScheduledRun {
  const where = "createScheduler";
  const { updatesPerEpoch } = readOptions(where, callChecks, options);
  return create(where, optimizer, { ...readArgs(where, args), updatesPerEpoch }, flagNames);
}

/**
 * Makes a scheduler from timm's factory options.
 *
 * @param optimizer - Whose groups to drive.
 * @param options - All have defaults.
 * @throws RangeError for an unknown schedule or a value out of its range.
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const options = { sched: "cosine", numEpochs: 20, warmupEpochs: 5, warmupPrefix: true } as const;
 * const { scheduler, numEpochs } = createSchedulerV2(optimizer, options);
 * numEpochs; // => 25
 * scheduler.getEpochValues(15); // => [0.05]
 * @see timm `timm/scheduler/scheduler_factory.py`
 */
export function createSchedulerV2(
  optimizer: OptimizerLike,
  options: CreateSchedulerOptions = {},
): ScheduledRun {
  return create("createSchedulerV2", optimizer, options);
}

type Options = Required<CreateSchedulerOptions>;

/** Flags of `train.py` whose option has another name, and names that options had in timm 0.4. */
const renamed = {
  ...Object.fromEntries(Object.entries(flagNames).map(([option, flag]) => [flag, option])),
  t_mul: "cycleMul",
  tMul: "cycleMul",
};

const callChecks = { updatesPerEpoch: factoryChecks.updatesPerEpoch };

function create(
  where: string,
  optimizer: OptimizerLike,
  given: CreateSchedulerOptions,
  names: Readonly<Record<string, string>> = {},
): ScheduledRun {
  refuseUnknown(where, given, [...Object.keys(factoryChecks), ...ownFlags(given?.sched)], renamed);
  const read = readKnown<Options>(where, factoryChecks, given, names);
  const decayEpochs = given.decayEpochs ?? defaultDecayEpochs(read.sched, read.numEpochs, read.decayEpochs);
  const options = { ...read, decayEpochs };
  const { sched, stepOnEpochs, updatesPerEpoch } = options;
  const definition = findSchedule(sched);
  if (!stepOnEpochs && !(updatesPerEpoch > 0)) {
    const allowed = "an integer > 0 when stepOnEpochs is false";
    throw new RangeError(refusal(where, "updatesPerEpoch", allowed, updatesPerEpoch));
  }
  if (!stepOnEpochs && definition.traits.followsMetric) {
    const advice = "the metric is known once an epoch";
    throw new RangeError(refusal(where, "stepOnEpochs", `true for ${sched}`, stepOnEpochs, advice));
  }
  const flags = inUnits(options);
  const common = commonOptions(definition, flags);
  // Before the scheduler changes a group.
  const numEpochs = lengthOfRun(where, definition, flags);
  const all = { ...definition.fromFlags?.(flags), ...ownOptions(definition, given, flags), ...common };
  const scheduler =
    definition.scheduler?.(optimizer, all) ?? new DefinedScheduler(optimizer, definition, all);
  if (updatesPerEpoch > 0) scheduler.updatesPerEpoch = updatesPerEpoch;
  const start = flags.warmupPrefix ? flags.warmupT : 0;
  const turns = definition.turns?.(flags, all) ?? [];
  return { scheduler, numEpochs, turns: turns.map((t) => start + t) };
}

/** The factory's options with their epochs in the unit of t. */
function inUnits(options: Options): ScheduleFlags {
  const { stepOnEpochs, updatesPerEpoch, minLr, cycleMul, cycleDecay, cycleLimit } = options;
  const unit = stepOnEpochs ? 1 : updatesPerEpoch;
  const tInitial = options.numEpochs * unit;
  return {
    ...options,
    ...{ unit, tInitial },
    decayT: options.decayEpochs * unit,
    milestones: options.decayMilestones.map((milestone) => milestone * unit),
    cooldownT: options.cooldownEpochs * unit,
    warmupT: options.warmupEpochs * unit,
    cycles: { tInitial, lrMin: minLr, cycleMul, cycleDecay, cycleLimit },
  };
}

/** Warm-up, as far as the schedule takes one, noise and unit. */
function commonOptions(definition: ScheduleDefinition, flags: ScheduleFlags): object {
  const { noise, warmupT, warmupLr: warmupLrInit, warmupPrefix, noisePct, noiseStd, noiseSeed } = flags;
  const warmup = Object.entries({ warmupT, warmupLrInit, warmupPrefix });
  const { checks, ownWarmup } = definition;
  const fractions = typeof noise === "number" ? [noise] : noise;
  const [from = 0, to] = fractions?.map((fraction) => fraction * flags.tInitial) ?? [];
  const range = to === undefined ? from : [from, to];
  return {
    ...Object.fromEntries(warmup.filter(([name]) => !ownWarmup || name in checks)),
    ...{ tInEpochs: flags.stepOnEpochs, noiseRangeT: fractions && range, noisePct, noiseStd, noiseSeed },
  };
}

/** Options of a schedule that have a flag of their own; null counts as not given. */
function ownOptions({ flags }: ScheduleDefinition, given: object, { unit }: ScheduleFlags): object {
  const values = new Map<string, unknown>(Object.entries(given));
  const options = Object.entries<ScheduleFlag>({ ...flags }).map(([option, flag]) => {
    const value = values.get(option) ?? flag.default ?? undefined;
    return [option, flag.inEpochs && typeof value === "number" ? value * unit : value];
  });
  return Object.fromEntries(options);
}

function lengthOfRun(where: string, { traits }: ScheduleDefinition, flags: ScheduleFlags): number {
  const { numEpochs, warmupEpochs, warmupPrefix, cooldownEpochs, cooldownT, cycles, unit } = flags;
  if (traits.cyclic) {
    const length = totalLength(cycles, Math.max(1, cycles.cycleLimit));
    refuseVanishing(where, cycles, length + cooldownT);
    const whole = length + (warmupPrefix ? flags.warmupT : 0) + cooldownT;
    const inEpochs = flags.stepOnEpochs ? whole : floorDivide(whole, unit);
    return wholeEpochs(inEpochs, where, numEpochs);
  }
  const cooldown = traits.ignoresCooldown || traits.followsMetric ? 0 : cooldownEpochs;
  return wholeEpochs(numEpochs + cooldown + (warmupPrefix ? warmupEpochs : 0), where, numEpochs);
}

/** Rounded down, as timm rounds cycles and updates, so that a loop over epochs ends. */
function wholeEpochs(length: number, where: string, numEpochs: number): number {
  return Math.max(1, Math.floor(finite(length, where, "numEpochs", numEpochs) * (1 + 1e-12)));
}

/** Shrinking cycles end: refuses a run that goes on longer. */
function refuseVanishing(where: string, cycles: ScheduleFlags["cycles"], length: number): void {
  if (!isPastShrinking(cycles, length)) return;
  const allowed = `such that the cycles outlast the run of ${length}`;
  const advice = `they shrink to nothing at ${endOfShrinking(cycles)}, use a lower cooldownEpochs or a greater cycleMul`;
  throw new RangeError(refusal(where, "cycleMul", allowed, cycles.cycleMul, advice));
}
