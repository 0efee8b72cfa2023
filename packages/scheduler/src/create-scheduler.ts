import { ConstantLRScheduler } from "./constant-lr.ts";
import { CosineLRScheduler } from "./cosine-lr.ts";
import { endOfShrinking, isPastShrinking, totalLength } from "./cycles.ts";
import { finite, refusal } from "./errors.ts";
import { ExponentialLRScheduler } from "./exponential-lr.ts";
import {
  type CreateSchedulerOptions,
  defaultDecayEpochs,
  factoryChecks,
  type SchedulerName,
} from "./factory-options.ts";
import { InverseSqrtLRScheduler } from "./inverse-sqrt-lr.ts";
import { LinearLRScheduler } from "./linear-lr.ts";
import { floorDivide } from "./math/floor-division.ts";
import { MultiStepLRScheduler } from "./multi-step-lr.ts";
import { OneCycleLRScheduler } from "./one-cycle-lr.ts";
import { readOptions } from "./options.ts";
import type { OptimizerLike } from "./param-groups.ts";
import { PlateauLRScheduler } from "./plateau-lr.ts";
import { PolyLRScheduler } from "./poly-lr.ts";
import type { Scheduler } from "./scheduler.ts";
import { flagNames, readArgs, type SchedulerArgs } from "./scheduler-kwargs.ts";
import { StepLRScheduler } from "./step-lr.ts";
import { TanhLRScheduler } from "./tanh-lr.ts";
import { WSDLRScheduler } from "./wsd-lr.ts";

/** A scheduler, and how many epochs the run takes with its warm-up, cycles and cooldown. */
export interface ScheduledRun {
  readonly scheduler: Scheduler;
  /** Whole epochs, at least 1. */
  readonly numEpochs: number;
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
  const read = readOptions<Options>(where, factoryChecks, given, renamed, names);
  const decayEpochs = given.decayEpochs ?? defaultDecayEpochs(read.sched, read.numEpochs, read.decayEpochs);
  const options = { ...read, decayEpochs };
  const { sched, stepOnEpochs, updatesPerEpoch } = options;
  if (!stepOnEpochs && !(updatesPerEpoch > 0)) {
    const allowed = "an integer > 0 when stepOnEpochs is false";
    throw new RangeError(refusal(where, "updatesPerEpoch", allowed, updatesPerEpoch));
  }
  if (!stepOnEpochs && sched === "plateau") {
    const advice = "the metric is known once an epoch";
    throw new RangeError(refusal(where, "stepOnEpochs", "true for plateau", stepOnEpochs, advice));
  }
  const times = inUnits(options);
  // Before the scheduler changes a group.
  const numEpochs = lengthOfRun(where, options, times);
  const scheduler = builders[sched](optimizer, options, times);
  if (updatesPerEpoch > 0) scheduler.updatesPerEpoch = updatesPerEpoch;
  return { scheduler, numEpochs };
}

/** The factory's epochs in the unit of t. */
interface Times {
  readonly tInitial: number;
  readonly decayT: number;
  readonly milestones: readonly number[];
  readonly cooldownT: number;
  /** Options of every class: warm-up, noise and unit. */
  readonly common: {
    readonly warmupT: number;
    readonly warmupLrInit: number;
    readonly warmupPrefix: boolean;
    readonly tInEpochs: boolean;
    readonly noiseRangeT: number | readonly [number, number] | null;
    readonly noisePct: number;
    readonly noiseStd: number;
    readonly noiseSeed: number | bigint | null;
  };
  /** Options of the cyclic classes. */
  readonly cycles: Readonly<Record<"tInitial" | "lrMin" | "cycleMul" | "cycleDecay" | "cycleLimit", number>>;
}

function inUnits(options: Options): Times {
  const { stepOnEpochs, updatesPerEpoch, noise, minLr, cycleMul, cycleDecay, cycleLimit } = options;
  const unit = stepOnEpochs ? 1 : updatesPerEpoch;
  const tInitial = options.numEpochs * unit;
  const fractions = typeof noise === "number" ? [noise] : noise;
  const [from = 0, to] = fractions?.map((fraction) => fraction * tInitial) ?? [];
  const range = to === undefined ? from : ([from, to] as const);
  return {
    tInitial,
    decayT: options.decayEpochs * unit,
    milestones: options.decayMilestones.map((milestone) => milestone * unit),
    cooldownT: options.cooldownEpochs * unit,
    common: {
      warmupT: options.warmupEpochs * unit,
      warmupLrInit: options.warmupLr,
      warmupPrefix: options.warmupPrefix,
      tInEpochs: stepOnEpochs,
      noiseRangeT: fractions === null ? null : range,
      noisePct: options.noisePct,
      noiseStd: options.noiseStd,
      noiseSeed: options.noiseSeed,
    },
    cycles: { tInitial, lrMin: minLr, cycleMul, cycleDecay, cycleLimit },
  };
}

type Build = (optimizer: OptimizerLike, options: Options, times: Times) => Scheduler;

const builders: Record<SchedulerName, Build> = {
  constant: (optimizer, _, { common }) => new ConstantLRScheduler(optimizer, common),
  cosine: (optimizer, { kDecay }, { cycles, common }) =>
    new CosineLRScheduler(optimizer, { ...cycles, kDecay, ...common }),
  exponential: (optimizer, { decayRate, minLr }, { decayT, common }) =>
    new ExponentialLRScheduler(optimizer, { decayRate, decayT, lrMin: minLr, ...common }),
  invsqrt: (optimizer, _, { common }) => new InverseSqrtLRScheduler(optimizer, common),
  linear: (optimizer, { minLr }, { tInitial, common }) =>
    new LinearLRScheduler(optimizer, { tInitial, lrMin: minLr, ...common }),
  multistep: (optimizer, { decayRate, milestoneTiming }, { milestones, common }) =>
    new MultiStepLRScheduler(optimizer, { decayT: milestones, decayRate, milestoneTiming, ...common }),
  onecycle: (optimizer, _, { tInitial, common }) =>
    new OneCycleLRScheduler(optimizer, { tInitial, ...common }),
  plateau(optimizer, options, { cooldownT, common }) {
    const { warmupPrefix: _prefix, tInEpochs: _unit, ...rest } = common;
    return new PlateauLRScheduler(optimizer, {
      decayRate: options.decayRate,
      patienceT: options.patienceEpochs,
      cooldownT,
      threshold: options.plateauThreshold,
      thresholdMode: options.thresholdMode,
      mode: options.plateauMode,
      lrMin: options.minLr,
      ...rest,
    });
  },
  poly: (optimizer, { power, decayRate, kDecay }, { cycles, common }) =>
    new PolyLRScheduler(optimizer, { ...cycles, power: power ?? decayRate, kDecay, ...common }),
  step: (optimizer, { decayRate }, { decayT, common }) =>
    new StepLRScheduler(optimizer, { decayT, decayRate, ...common }),
  tanh: (optimizer, _, { cycles, common }) => new TanhLRScheduler(optimizer, { ...cycles, ...common }),
  wsd: (optimizer, { minLr }, { tInitial, decayT, common }) =>
    new WSDLRScheduler(optimizer, { tInitial, decayT, lrMin: minLr, ...common }),
};

/** Names whose run ends with `numEpochs`, whatever the cooldown, as in timm. */
const withoutCooldown: readonly SchedulerName[] = ["step", "multistep", "plateau"];

function lengthOfRun(where: string, options: Options, times: Times): number {
  const { sched, numEpochs, warmupEpochs, warmupPrefix, cooldownEpochs, stepOnEpochs } = options;
  if (sched === "cosine" || sched === "tanh" || sched === "poly") {
    const { cycles, cooldownT, common } = times;
    const length = totalLength(cycles, Math.max(1, cycles.cycleLimit));
    refuseVanishing(where, options, cycles, length + cooldownT);
    const whole = length + (warmupPrefix ? common.warmupT : 0) + cooldownT;
    const inEpochs = stepOnEpochs ? whole : floorDivide(whole, options.updatesPerEpoch);
    return wholeEpochs(inEpochs, where, numEpochs);
  }
  const cooldown = withoutCooldown.includes(sched) ? 0 : cooldownEpochs;
  return wholeEpochs(numEpochs + cooldown + (warmupPrefix ? warmupEpochs : 0), where, numEpochs);
}

/** Rounded down, as timm rounds cycles and updates, so that a loop over epochs ends. */
function wholeEpochs(length: number, where: string, numEpochs: number): number {
  return Math.max(1, Math.floor(finite(length, where, "numEpochs", numEpochs) * (1 + 1e-12)));
}

/** Shrinking cycles end: refuses a run that goes on longer. */
function refuseVanishing(where: string, options: Options, cycles: Times["cycles"], length: number): void {
  if (!isPastShrinking(cycles, length)) return;
  const allowed = `such that the cycles outlast the run of ${length}`;
  const advice = `they shrink to nothing at ${endOfShrinking(cycles)}, use a lower cooldownEpochs or a greater cycleMul`;
  throw new RangeError(refusal(where, "cycleMul", allowed, options.cycleMul, advice));
}
