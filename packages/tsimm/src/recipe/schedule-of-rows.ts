/** The schedule that a run has followed, by the rates of its epochs. */
import { findSchedule } from "@tsimm/scheduler";
import { everyRate, type SimulatedSchedule } from "../preview/simulate.ts";
import type { EpochRow } from "../train/events.ts";
import type { TrainArguments } from "./arguments.ts";
import { learningRate } from "./learning-rate.ts";
import { simulateRun } from "./simulate-run.ts";

/** Longer runs are not simulated epoch by epoch. */
const MOST_EPOCHS = 100_000;

/** Relative difference of a rate that Python has printed, or a mean over parameter groups, from ours. */
const TOLERANCE = 1e-6;

/**
 * The schedule of these arguments, if it gives the rates of the rows. Its base rate may be another one: timm multiplies
 * it by the processes, and takes means over groups with scales of their own.
 *
 * @param args - Arguments of the schedule.
 * @param rows - Epochs with the rate of each, at least one.
 * @returns null: the rates are others, follow a metric, or are set by updates, whose number is not known.
 */
export function scheduleOfRows(
  args: TrainArguments,
  rows: readonly Pick<EpochRow, "epoch" | "lr">[],
): SimulatedSchedule | null {
  const { schedOnUpdates, epochs, sched } = args;
  if (schedOnUpdates || epochs > MOST_EPOCHS || findSchedule(sched).traits.followsMetric) return null;
  const { lr: base } = learningRate(args);
  const simulated = (lr: number) => {
    const schedule = simulateRun({ ...args, lr }, null);
    return { schedule, rates: everyRate(schedule) };
  };
  const isFollowed = (rates: Float64Array) =>
    rows.length > 0 &&
    rows.every(({ epoch, lr }) => Math.abs(Number(rates[epoch]) - lr) <= TOLERANCE * Math.abs(lr));
  const first = simulated(base);
  if (isFollowed(first.rates)) return first.schedule;
  // A rate is the base rate times a factor, plus a share of the lowest rate: two simulations tell both.
  const double = simulated(2 * base);
  for (const { epoch, lr } of rows) {
    const slope = (Number(double.rates[epoch]) - Number(first.rates[epoch])) / base;
    if (!(slope > 0)) continue;
    const found = simulated(base + (lr - Number(first.rates[epoch])) / slope);
    return isFollowed(found.rates) ? found.schedule : null;
  }
  return null;
}
