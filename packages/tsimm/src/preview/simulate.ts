/** Runs a schedule without training: what the learning rate of a run will be. */
import { createScheduler, findSchedule, type Scheduler } from "@tsimm/scheduler";
import { UsageError } from "../usage-error.ts";
import { sampleTimes } from "./sample-times.ts";
import type { ScheduleArgs } from "./schedule-args.ts";

/** The learning rates of a run. */
export interface SimulatedSchedule {
  /** Name, as `--sched` takes it. */
  readonly sched: string;
  /** Arguments that the schedule comes from. */
  readonly args: ScheduleArgs;
  /** What t counts. */
  readonly unit: "epoch" | "update";
  /** Base learning rate. */
  readonly lr: number;
  /** Epochs of the run: warm-up prefix, cycles and cooldown included. */
  readonly numEpochs: number;
  /** Count of t in the run. */
  readonly length: number;
  /** t at which the warm-up is over; 0: there is none. */
  readonly warmupT: number;
  /** t at which the second and later cycles start. */
  readonly cycleStarts: readonly number[];
  /** Lowest rate that was asked for. */
  readonly minLr: number;
  /** t of the rates, ascending from 0: every one, or as many of a very long run as show its curve. */
  readonly times: readonly number[];
  /** The rate in force from each of `times` on, float64. */
  readonly rates: Float64Array;
  /** The same without noise; the same array where there is none. */
  readonly steadyRates: Float64Array;
}

/** Options of {@link simulateSchedule}. */
export interface SimulationOptions {
  /** true: the rate of every t, however long the run; default false. */
  readonly every?: boolean;
  /** Command named in errors, default `schedule`. */
  readonly command?: string;
  /**
   * Columns of the figure that shows a long run, an integer > 0: about as many t are taken, and those where the curve
   * turns. Absent: as many as a figure of any size needs.
   */
  readonly columns?: number;
  /**
   * Metric of each epoch, which a schedule may follow; the last holds for all later epochs. Absent or empty: one that
   * never improves.
   */
  readonly metrics?: readonly number[];
  /** Factor of the group's rate, >= 0, default 1. */
  readonly lrScale?: number;
}

/**
 * The rates that training sets, from the same scheduler in the same calls.
 *
 * Plateau follows a metric, which is not known before the run: unless one is given it is shown for one that never
 * improves, the fastest decay that can happen.
 *
 * @param args - Arguments of the schedule; further ones, e.g. of the noise, are those of `createScheduler`.
 * @param updatesPerEpoch - Updates in an epoch; needed where t counts updates, else null will do.
 * @param options - Which t to take.
 * @throws RangeError if the arguments describe no schedule, in the words of `createScheduler`.
 * @throws UsageError if the updates of an epoch are missing, or the schedule is too long to show.
 * @example
 * import { simulateFlags, simulateSchedule } from "tsimm/plot";
 *
 * const { args } = simulateFlags({ sched: "step", lr: 0.1, epochs: 4, decayEpochs: 2, warmupEpochs: 0 }, null);
 * simulateSchedule({ ...args, decayRate: 0.5 }, null).rates; // => Float64Array.of(0.1, 0.1, 0.05, 0.05)
 * simulateSchedule({ ...args, schedOnUpdates: true }, 100).length; // => 400
 */
export function simulateSchedule(
  args: ScheduleArgs,
  updatesPerEpoch: number | null,
  options: SimulationOptions = {},
): SimulatedSchedule {
  const { every = false, command = "schedule", columns, metrics = [], lrScale = 1 } = options;
  if (args.schedOnUpdates && updatesPerEpoch === null) {
    const advice = "pass the number of batches in an epoch divided by --grad-accum-steps, rounded up";
    throw new UsageError(
      `${command}: --updates-per-epoch must be given with --sched-on-updates, got none; ${advice}`,
    );
  }
  const perEpoch = args.schedOnUpdates ? (updatesPerEpoch ?? 1) : 1;
  const start = (changed: Partial<ScheduleArgs>) => {
    const group = { lr: args.lr, lrScale };
    const flags = { ...args, ...changed };
    return { group, ...createScheduler(flags, { paramGroups: [group] }, { updatesPerEpoch: perEpoch }) };
  };
  const steady = start({ lrNoise: null });
  const { scheduler, numEpochs, turns } = steady;
  const length = numEpochs * perEpoch;
  // Rates that follow a metric follow from all that came before.
  const all = every || findSchedule(args.sched).traits.followsMetric;
  checkLength(length, all ? MOST_RATES : Number.MAX_SAFE_INTEGER, command);
  const looked = new Map<number, number>();
  const look = (t: number) => {
    const rate = scheduler.valuesAt(t)[0] ?? 0;
    looked.set(t, rate * lrScale);
    return rate;
  };
  const times = all
    ? Array.from({ length }, (_, t) => t)
    : sampleTimes(length, scheduleTurns(args, perEpoch, turns), look, columns);
  // Where a long schedule was looked at, it need not be driven. Before the first step its group has its first rate.
  const steadyRates =
    looked.size > 0
      ? Float64Array.from(times, (t) => (t > 0 ? Number(looked.get(t)) : steady.group.lr))
      : drive(steady, times, metrics);
  return {
    ...{ sched: args.sched, args, lr: args.lr, numEpochs, length, times, steadyRates },
    unit: args.schedOnUpdates ? "update" : "epoch",
    warmupT: args.warmupEpochs * perEpoch,
    cycleStarts: cycleStarts(args).map((epoch) => Math.ceil(epoch * perEpoch - ROUNDING)),
    minLr: args.minLr,
    rates: args.lrNoise === null ? steadyRates : drive(start({}), times, metrics),
  };
}

/**
 * A schedule per epoch as one per update, to compare it with others: each rate holds for all updates of its epoch.
 *
 * @param schedule - Returned as it is if it counts updates already.
 * @param updatesPerEpoch - An integer > 0.
 * @example
 * import { perUpdate, simulateFlags } from "tsimm/plot";
 *
 * const flags = { sched: "step", lr: 0.1, epochs: 4, decayEpochs: 2, warmupEpochs: 0 } as const;
 * const { length, times } = perUpdate(simulateFlags(flags, null), 100);
 * length; // => 400
 * times; // => [0, 100, 200, 300]
 */
export function perUpdate(schedule: SimulatedSchedule, updatesPerEpoch: number): SimulatedSchedule {
  if (schedule.unit === "update") return schedule;
  const { length, times, warmupT, cycleStarts } = schedule;
  const inUpdates = (epoch: number) => epoch * updatesPerEpoch;
  return {
    ...schedule,
    unit: "update",
    length: inUpdates(length),
    warmupT: inUpdates(warmupT),
    cycleStarts: cycleStarts.map(inUpdates),
    times: times.map(inUpdates),
  };
}

/**
 * The rate of every t, each held until the next of `times`.
 *
 * @throws UsageError if these are too many for a file.
 */
export function everyRate({ length, times, rates }: SimulatedSchedule): Float64Array {
  checkLength(length, MOST_RATES, "schedule");
  const every = new Float64Array(length);
  for (const [i, t] of times.entries()) every.fill(rates[i] ?? 0, t, times[i + 1] ?? length);
  return every;
}

/** Bound of the rounding errors in the start of a cycle. */
const ROUNDING = 1e-6;

/** Cycles of which the start is kept. */
const MOST_CYCLES = 10_000;

/** Arguments that the t of {@link scheduleTurns} follow from. */
export type TurningArgs = Omit<
  Pick<
    ScheduleArgs,
    | "sched"
    | "epochs"
    | "decayEpochs"
    | "decayRate"
    | "minLr"
    | "lr"
    | "lrNoise"
    | "warmupEpochs"
    | "warmupPrefix"
    | "lrCycleLimit"
    | "lrCycleMul"
  >,
  "lr"
> & { readonly lr: number | null };

/** Epochs, perhaps with fractions, at which the second and later cycles start. */
function cycleStarts({ sched, epochs, warmupEpochs, warmupPrefix, ...cycles }: TurningArgs): number[] {
  if (!findSchedule(sched).traits.cyclic) return [];
  let start = warmupPrefix ? warmupEpochs : 0;
  const count = Math.min(Math.max(0, cycles.lrCycleLimit - 1), MOST_CYCLES);
  return Array.from({ length: count }, (_, cycle) => {
    start += epochs * cycles.lrCycleMul ** cycle;
    return start;
  });
}

/**
 * t at which a schedule turns, or its warm-up, a cycle, the noise or itself ends.
 *
 * @param perEpoch - t in an epoch.
 * @param own - t at which the curve of the schedule has a corner, as `createScheduler` tells them.
 */
export function scheduleTurns(args: TurningArgs, perEpoch: number, own: readonly number[]): number[] {
  const { epochs, lrNoise, warmupEpochs, warmupPrefix } = args;
  const start = warmupPrefix ? warmupEpochs : 0;
  const noise = (lrNoise ?? []).map((share) => share * epochs);
  const ends = [epochs, ...minimumEpochs(args)].map((epoch) => start + epoch);
  const turns = [warmupEpochs, ...cycleStarts(args), ...ends, ...noise].map((epoch) => epoch * perEpoch);
  return [...turns, ...own].map((t) => t - ROUNDING);
}

/** Epochs after which a rate that shrinks by a factor meets the minimum. */
function minimumEpochs({ sched, decayEpochs, decayRate, minLr, lr }: TurningArgs): number[] {
  const { hasDecayRate, hasMinimum, followsMetric } = findSchedule(sched).traits;
  if (!hasDecayRate || !hasMinimum || followsMetric) return [];
  return [decayEpochs * (Math.log(minLr / Number(lr)) / Math.log(decayRate))].filter(Number.isFinite);
}

/** More rates than that take minutes and gigabytes. */
const MOST_RATES = 10_000_000;

function checkLength(length: number, most: number, command: string): void {
  if (length <= most) return;
  const advice = "lower --epochs or --updates-per-epoch, or write an .svg or .png file";
  throw new UsageError(`${command}: a run must have at most ${most} rates, got ${length}; ${advice}`);
}

function drive(
  { group, scheduler }: Driven,
  times: readonly number[],
  metrics: readonly number[],
): Float64Array {
  // A constant metric never improves on its first value.
  const last = metrics.at(-1) ?? 0;
  return Float64Array.from(times, (t) => {
    if (t > 0 && !scheduler.tInEpochs) scheduler.stepUpdate(t);
    else if (t > 0) scheduler.step(t, metrics[t - 1] ?? last);
    return group.lr;
  });
}

interface Driven {
  readonly group: { readonly lr: number };
  readonly scheduler: Scheduler;
}
