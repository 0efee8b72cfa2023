import { refusal } from "./errors.ts";
import { type CreateSchedulerOptions, defaultDecayEpochs, factoryChecks } from "./factory-options.ts";
import { camelCase } from "./nearest-name.ts";
import { boolean } from "./options.ts";
import { ownFlags } from "./registry.ts";

/** timm's training flags that describe a schedule, in camelCase. */
export interface SchedulerArgs {
  /** Name of the schedule. */
  readonly sched: string;
  /** Learning rate, which the optimizer's groups hold already. */
  readonly lr?: number | null;
  readonly epochs?: number;
  readonly decayEpochs?: number;
  readonly decayMilestones?: readonly number[];
  readonly warmupEpochs?: number;
  readonly warmupLr?: number;
  readonly warmupPrefix?: boolean;
  readonly cooldownEpochs?: number;
  readonly patienceEpochs?: number;
  readonly decayRate?: number;
  readonly power?: number | null;
  readonly minLr?: number;
  readonly lrCycleMul?: number;
  readonly lrCycleDecay?: number;
  readonly lrCycleLimit?: number;
  readonly lrKDecay?: number;
  readonly lrNoise?: number | readonly number[] | null;
  readonly lrNoisePct?: number;
  readonly lrNoiseStd?: number;
  readonly seed?: number | bigint;
  /** Name of the metric; one that contains `loss` is better when smaller. */
  readonly evalMetric?: string | null;
  readonly plateauThreshold?: number;
  readonly thresholdMode?: string;
  readonly milestoneTiming?: string;
  readonly schedOnUpdates?: boolean;
}

/**
 * Turns timm's training flags into options of {@link createSchedulerV2}, with timm's defaults for missing
 * ones; they differ from the factory's own.
 *
 * @param args - Training flags in camelCase; those that describe no schedule are ignored.
 * @param decreasingMetric - Whether a smaller metric is better; absent: if `evalMetric` contains `loss`.
 * @returns Options with every key that timm sets; `power` and the like only if `args` has them.
 * @example
 * const options = schedulerKwargs({ sched: "step", epochs: 90 });
 * [options.numEpochs, options.decayEpochs, options.warmupEpochs]; // => [90, 30, 5]
 * @see timm `timm/scheduler/scheduler_factory.py`
 */
export function schedulerKwargs(
  args: SchedulerArgs,
  decreasingMetric?: boolean | null,
): CreateSchedulerOptions {
  return readArgs("schedulerKwargs", args, decreasingMetric);
}

/** Options of the factory whose flag has another name. */
export const flagNames: Readonly<Record<string, keyof SchedulerArgs>> = {
  numEpochs: "epochs",
  noise: "lrNoise",
  noisePct: "lrNoisePct",
  noiseStd: "lrNoiseStd",
  noiseSeed: "seed",
  cycleMul: "lrCycleMul",
  cycleDecay: "lrCycleDecay",
  cycleLimit: "lrCycleLimit",
  kDecay: "lrKDecay",
};

/** {@link schedulerKwargs} under the name of the function that is called. */
export function readArgs(
  where: string,
  args: SchedulerArgs,
  decreasingMetric?: boolean | null,
): CreateSchedulerOptions {
  if (typeof args?.sched !== "string") {
    throw new TypeError(refusal(where, "args.sched", "the name of a schedule", args?.sched));
  }
  refuseSnakeCase(where, args);
  const { power, plateauThreshold, thresholdMode, milestoneTiming } = args;
  const { sched, thresholdMode: mode, milestoneTiming: timing } = factoryChecks;
  const numEpochs = args.epochs ?? 100;
  return {
    sched: sched(args.sched, where, "sched"),
    numEpochs,
    decayEpochs: args.decayEpochs ?? defaultDecayEpochs(args.sched, numEpochs, 30),
    decayMilestones: args.decayMilestones ?? [30, 60],
    warmupEpochs: args.warmupEpochs ?? 5,
    cooldownEpochs: args.cooldownEpochs ?? 0,
    patienceEpochs: args.patienceEpochs ?? 10,
    decayRate: args.decayRate ?? 0.1,
    minLr: args.minLr ?? 0,
    warmupLr: args.warmupLr ?? 1e-5,
    warmupPrefix: args.warmupPrefix ?? false,
    noise: args.lrNoise ?? null,
    noisePct: args.lrNoisePct ?? 0.67,
    noiseStd: args.lrNoiseStd ?? 1,
    noiseSeed: args.seed ?? 42,
    cycleMul: args.lrCycleMul ?? 1,
    cycleDecay: args.lrCycleDecay ?? 0.1,
    cycleLimit: args.lrCycleLimit ?? 1,
    kDecay: args.lrKDecay ?? 1,
    plateauMode: isSmallerBetter(where, args, decreasingMetric) ? "min" : "max",
    stepOnEpochs: !flag(args.schedOnUpdates ?? false, where, "schedOnUpdates"),
    ...givenFlags(args),
    ...(power !== undefined && power !== null && { power }),
    ...(plateauThreshold !== undefined && { plateauThreshold }),
    ...(thresholdMode !== undefined && { thresholdMode: mode(thresholdMode, where, "thresholdMode") }),
    ...(milestoneTiming !== undefined && {
      milestoneTiming: timing(milestoneTiming, where, "milestoneTiming"),
    }),
  };
}

const flag = boolean(false);

/** Flags of the schedule's own options, those that are given. */
function givenFlags(args: SchedulerArgs): object {
  const names = ownFlags(args.sched);
  return Object.fromEntries(Object.entries(args).filter(([name]) => names.includes(name)));
}

/** What `decreasingMetric` says, or else the name of the metric. */
function isSmallerBetter(
  where: string,
  { evalMetric }: SchedulerArgs,
  decreasingMetric: boolean | null | undefined,
): boolean {
  if (decreasingMetric !== null && decreasingMetric !== undefined) {
    return flag(decreasingMetric, where, "decreasingMetric");
  }
  const metric: unknown = evalMetric ?? "top1";
  if (typeof metric === "string") return metric.includes("loss");
  throw new TypeError(refusal(where, "evalMetric", "the name of a metric", metric));
}

/** Other flags are ignored, but not those of a schedule in Python's spelling. */
function refuseSnakeCase(where: string, args: SchedulerArgs): void {
  const flags = [...scheduleFlags, ...ownFlags(args.sched)];
  for (const name of Object.keys(args)) {
    if (!name.includes("_") || !flags.includes(camelCase(name))) continue;
    const advice = `did you mean "${camelCase(name)}"?`;
    throw new RangeError(refusal(where, "args", "in camelCase", name, advice));
  }
}

const scheduleFlags: readonly string[] = [
  ...Object.keys(factoryChecks),
  ...Object.values(flagNames),
  "evalMetric",
  "schedOnUpdates",
];
