/** The planned learning rates of a run. */
import type { Scheduler } from "@tsimm/scheduler";
import type { Optimizer } from "../optim/optimizer.ts";
import type { CurvesFigureOptions } from "../plot/training-figures.ts";
import { sampleTimes } from "../preview/sample-times.ts";
import { scheduleTurns } from "../preview/simulate.ts";
import type { EpochRow } from "../train/events.ts";
import type { TrainArguments } from "./arguments.ts";

/** Parts of a run that its rates follow from. */
export interface PlannedRun {
  readonly args: TrainArguments;
  readonly scheduler: Scheduler;
  readonly optimizer: Pick<Optimizer, "paramGroups">;
  readonly updatesPerEpoch: number;
  /** t at which the curve has a corner, as `createScheduler` gives them. */
  readonly turns: readonly number[];
}

/** Whether a scheduler's rates are known before the run; plateau's follow a metric. */
export function isFunctionOfTime(scheduler: Scheduler): boolean {
  return scheduler.stateDict().plateau === undefined;
}

/**
 * The rates of the epochs so far as the schedule has them, between epochs too.
 *
 * @param run - Its parts.
 * @param history - The epochs so far, at least one.
 * @returns Mean rates over the parameter groups, with times in epochs. Where the epochs had other rates than the
 *   schedule, as it was changed at a resume: those after each epoch, or null where t counts epochs.
 */
export function plannedRates(
  { args, scheduler, optimizer, updatesPerEpoch, turns }: PlannedRun,
  history: readonly EpochRow[],
): NonNullable<CurvesFigureOptions["rates"]> | null {
  if (!isFunctionOfTime(scheduler)) return null;
  const { tInEpochs } = scheduler;
  const perEpoch = tInEpochs ? 1 : updatesPerEpoch;
  const rateAt = (t: number, noise: number) => {
    const rates = scheduler.valuesAt(t).map((rate, i) => {
      return (rate + rate * noise) * Number(optimizer.paramGroups[i]?.["lrScale"] ?? 1);
    });
    return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  };
  // Before the first step there is no noise.
  const noisyRateAt = (t: number) => rateAt(t, t === 0 ? 0 : (scheduler.noiseAt(t) ?? 0));
  // A row has the rate of its epoch, or on updates the one after its last update.
  const isPlanned = history.every(({ epoch, lr }) => {
    const rate = noisyRateAt(tInEpochs ? epoch : (epoch + 1) * perEpoch);
    return Math.abs(rate - lr) <= 1e-6 * Math.abs(lr);
  });
  if (!isPlanned) return tInEpochs ? null : ratesAfterEpochs(history);
  const epochs = Number(history.at(-1)?.epoch) + 1;
  const times = sampleTimes(epochs * perEpoch, scheduleTurns(args, perEpoch, turns), (t) => rateAt(t, 0));
  return { times: times.map((t) => t / perEpoch), rates: times.map(noisyRateAt), length: epochs };
}

function ratesAfterEpochs(rows: readonly EpochRow[]): NonNullable<CurvesFigureOptions["rates"]> {
  return { times: rows.map(({ epoch }) => epoch + 1), rates: rows.map(({ lr }) => lr) };
}
