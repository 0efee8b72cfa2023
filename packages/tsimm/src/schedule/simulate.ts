/** Runs a schedule without training: what the learning rate of a run will be. */
import { createScheduler } from "@tsimm/scheduler";
import type { TrainArguments } from "../train/arguments.ts";
import { learningRate } from "../train/learning-rate.ts";
import { fromFlags, UsageError } from "../usage-error.ts";

/** The learning rates of a run. */
export interface SimulatedSchedule {
  /** Name, as `--sched` takes it. */
  readonly sched: string;
  /** What t counts. */
  readonly unit: "epoch" | "update";
  /** Base learning rate. */
  readonly lr: number;
  /** Epochs of the run: warm-up prefix, cycles and cooldown included. */
  readonly numEpochs: number;
  /** t at which the warm-up is over; 0: there is none. */
  readonly warmupT: number;
  /** t at which the second and later cycles start. */
  readonly cycleStarts: readonly number[];
  /** Lowest rate that was asked for. */
  readonly minLr: number;
  /** The rate in force at t = 0, 1, 2 … until the end of the run, float64. */
  readonly rates: Float64Array;
  /** The same without noise; the same array where there is none. */
  readonly steadyRates: Float64Array;
}

/**
 * The rates that training sets, from the same scheduler in the same calls.
 *
 * Plateau follows a metric, which is not known before the run: it is shown for one that never improves, the
 * fastest decay that can happen.
 *
 * @param args - Training arguments.
 * @param updatesPerEpoch - Updates in an epoch; needed where t counts updates, else null will do.
 * @throws UsageError if the arguments describe no schedule, or one too long to show.
 */
export function simulateSchedule(args: TrainArguments, updatesPerEpoch: number | null): SimulatedSchedule {
  if (args.schedOnUpdates && updatesPerEpoch === null) {
    const advice = "pass the number of batches in an epoch divided by --grad-accum-steps, rounded up";
    throw new UsageError(
      `schedule: --updates-per-epoch must be given with --sched-on-updates, got none; ${advice}`,
    );
  }
  const { lr } = learningRate(args);
  const { numEpochs, rates } = drive(args, lr, updatesPerEpoch);
  const steady = args.lrNoise === null ? rates : drive({ ...args, lrNoise: null }, lr, updatesPerEpoch).rates;
  const perEpoch = args.schedOnUpdates ? (updatesPerEpoch ?? 1) : 1;
  return {
    sched: args.sched,
    unit: args.schedOnUpdates ? "update" : "epoch",
    lr,
    numEpochs,
    warmupT: args.warmupEpochs * perEpoch,
    cycleStarts: cycleStarts(args).map((epoch) => Math.ceil(epoch * perEpoch - ROUNDING)),
    minLr: args.minLr,
    rates,
    steadyRates: steady,
  };
}

/**
 * A schedule per epoch as one per update, to compare it with others: each rate holds for all updates of its epoch.
 *
 * @param schedule - Returned as it is if it counts updates already.
 * @param updatesPerEpoch - An integer > 0.
 * @throws UsageError if these are too many to show.
 */
export function perUpdate(schedule: SimulatedSchedule, updatesPerEpoch: number): SimulatedSchedule {
  if (schedule.unit === "update") return schedule;
  const { rates, steadyRates, warmupT, cycleStarts } = schedule;
  checkLength(rates.length * updatesPerEpoch);
  const held = (values: Float64Array) =>
    new Float64Array(values.length * updatesPerEpoch).map(
      (_, t) => values[Math.floor(t / updatesPerEpoch)] ?? 0,
    );
  return {
    ...schedule,
    unit: "update",
    warmupT: warmupT * updatesPerEpoch,
    cycleStarts: cycleStarts.map((epoch) => epoch * updatesPerEpoch),
    rates: held(rates),
    steadyRates: held(steadyRates),
  };
}

const CYCLIC = ["cosine", "tanh", "poly"];
/** Bound of the rounding errors in the start of a cycle. */
const ROUNDING = 1e-6;

/** Epochs, perhaps with fractions, at which the second and later cycles start. */
function cycleStarts({ sched, epochs, warmupEpochs, warmupPrefix, ...cycles }: TrainArguments): number[] {
  if (!CYCLIC.includes(sched)) return [];
  let start = warmupPrefix ? warmupEpochs : 0;
  return Array.from({ length: Math.max(0, cycles.lrCycleLimit - 1) }, (_, cycle) => {
    start += epochs * cycles.lrCycleMul ** cycle;
    return start;
  });
}

/** More rates than that take minutes and gigabytes. */
const MOST_RATES = 10_000_000;

function checkLength(length: number): void {
  if (length <= MOST_RATES) return;
  const advice = "lower --epochs or --updates-per-epoch";
  throw new UsageError(`schedule: a run must have at most ${MOST_RATES} rates, got ${length}; ${advice}`);
}

function drive(
  args: TrainArguments,
  lr: number,
  updatesPerEpoch: number | null,
): { numEpochs: number; rates: Float64Array } {
  const group = { lr };
  const run = scheduledRun({ ...args, lr }, group, updatesPerEpoch ?? 0);
  const { scheduler, numEpochs } = run;
  const length = args.schedOnUpdates ? numEpochs * (updatesPerEpoch ?? 0) : numEpochs;
  checkLength(length);
  const rates = new Float64Array(length);
  for (let t = 0; t < rates.length; t++) {
    if (t > 0 && args.schedOnUpdates) scheduler.stepUpdate(t);
    // A constant metric never improves on its first value.
    else if (t > 0) scheduler.step(t, 0);
    rates[t] = group.lr;
  }
  return { numEpochs, rates };
}

function scheduledRun(args: TrainArguments, group: { lr: number }, updatesPerEpoch: number) {
  return fromFlags(() => createScheduler(args, { paramGroups: [group] }, { updatesPerEpoch }));
}
