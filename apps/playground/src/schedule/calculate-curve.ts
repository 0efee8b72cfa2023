/** Rates, events and warnings of a schedule. */
import { createScheduler, findSchedule } from "@tsimm/scheduler";
import {
  type SimulatedSchedule,
  type SimulationOptions,
  scheduleEvents,
  scheduleWarnings,
  simulateFlags,
} from "tsimm/plot";
import { aboutParameter } from "./about-parameter.ts";
import { type CompleteSettings, completeSettings } from "./complete-settings.ts";
import type { Curve, CurveResult } from "./curve.ts";
import type { Parameter } from "./parameter.ts";
import { refuseNegative } from "./refuse-negative.ts";
import type { CurveSettings } from "./settings.ts";

/** Options of {@link calculateCurve}. */
export interface CalculateOptions {
  /** Updates in an epoch, an integer > 0. */
  readonly updatesPerEpoch: number;
  /** true: the rate of every t; default: as many of a long run as a figure shows. */
  readonly every?: boolean;
  /** Label of the curve; absent: the name of the schedule. */
  readonly label?: string;
}

/** Stretches of a long run that a figure shows one by one: a column of pixels, or two, for each. */
const COLUMNS = 1000;

/**
 * Calculates a curve, in milliseconds however long the run is.
 *
 * @returns What is wrong, with the parameter that it is about, where there is no such schedule; it throws nothing.
 */
export function calculateCurve(settings: CurveSettings, options: CalculateOptions): CurveResult {
  let parameters: readonly Parameter[] = [];
  try {
    const complete = completeSettings(settings, options);
    ({ parameters } = complete);
    return { curve: curveOf(settings, complete, options), error: null };
  } catch (error) {
    const text =
      error instanceof Error ? error.message.replace(/^(schedule|findSchedule): /, "") : String(error);
    return { curve: null, error: { text, parameter: aboutParameter(text, parameters) } };
  }
}

function curveOf(
  { sched, groups, metric }: CurveSettings,
  { flags, parameters }: CompleteSettings,
  { updatesPerEpoch, every = false, label = sched }: CalculateOptions,
): Curve {
  const { followsMetric } = findSchedule(sched).traits;
  if (followsMetric) refuseLongRun(flags);
  const options: SimulationOptions = { every, columns: COLUMNS, metrics: metric ?? [] };
  const simulated = simulateFlags(flags, updatesPerEpoch, options);
  refuseNegative(simulated, flags);
  const scales = groups.map(({ lrScale }) => lrScale);
  const further = scales.map((lrScale) =>
    followsMetric
      ? simulateFlags(flags, updatesPerEpoch, { ...options, lrScale }).rates
      : simulated.rates.map((rate) => rate * lrScale),
  );
  const { unit, numEpochs, length, times } = simulated;
  const rates = [simulated.rates, ...further];
  const context = { metric: "top1", task: null, outputs: null };
  const isWhole = times.length === length;
  const ratesAt = isWhole ? lookUp(rates) : exactRates(simulated, [1, ...scales], updatesPerEpoch);
  return {
    ...{ label, unit, numEpochs, length, times, rates, ratesAt },
    events: scheduleEvents(simulated),
    warnings: scheduleWarnings(simulated, context).map((text) => ({
      text,
      parameter: aboutParameter(text, parameters),
    })),
  };
}

/** Most epochs of a schedule of which every epoch follows from the one before. */
const MOST_EPOCHS = 100_000;

function refuseLongRun({ sched, epochs = 0, warmupEpochs = 0 }: CompleteSettings["flags"]): void {
  const most = Math.max(epochs, warmupEpochs);
  if (!(most > MOST_EPOCHS)) return;
  const flag = epochs === most ? "--epochs" : "--warmup-epochs";
  throw new RangeError(
    `${flag} must be <= ${MOST_EPOCHS} for ${sched}, got ${most}; each epoch follows from the last`,
  );
}

function lookUp(rates: readonly Float64Array[]): Curve["ratesAt"] {
  return (t) => rates.map((ofGroup) => ofGroup[t] ?? Number.NaN);
}

/** Rates between the t that were taken, from a scheduler that is made for the first of them. */
function exactRates(
  { args, lr, length }: SimulatedSchedule,
  scales: readonly number[],
  updatesPerEpoch: number,
): Curve["ratesAt"] {
  const make = () => {
    const optimizer = { paramGroups: scales.map((lrScale) => ({ lr, lrScale })) };
    const { scheduler } = createScheduler(args, optimizer, { updatesPerEpoch });
    return { ...optimizer, scheduler, start: optimizer.paramGroups.map((group) => group.lr) };
  };
  let made: ReturnType<typeof make> | null = null;
  return (t) => {
    made ??= make();
    const { paramGroups, scheduler, start } = made;
    if (!(Number.isInteger(t) && t >= 0 && t < length)) return scales.map(() => Number.NaN);
    // Before the first step there is no noise.
    if (t === 0) return start;
    if (scheduler.tInEpochs) scheduler.step(t);
    else scheduler.stepUpdate(t);
    return paramGroups.map((group) => group.lr);
  };
}
