/** The lines of a run's schedule. */
import type { Scheduler } from "@tsimm/scheduler";
import type { EarlierPlan } from "../checkpoint/run-state.ts";
import type { RateSeries } from "../plot/training-figures.ts";
import { sampleTimes } from "../preview/sample-times.ts";
import { scheduleTurns } from "../preview/simulate.ts";
import type { TrainArguments } from "./arguments.ts";
import { earlierRates } from "./earlier-plan.ts";
import { learningRate } from "./learning-rate.ts";
import { isFunctionOfTime } from "./planned-rates.ts";

/** A run's schedule. */
export interface RunSchedule {
  readonly args: TrainArguments;
  readonly scheduler: Scheduler;
  readonly updatesPerEpoch: number;
  readonly numEpochs: number;
  /** t at which the curve has a corner, as `createScheduler` gives them. */
  readonly turns: readonly number[];
}

/**
 * The rate of the whole schedule, and dashed those that the run followed before it was resumed with this one; none that
 * are no functions of time.
 */
export function scheduleSeries(run: RunSchedule, earlierPlans: readonly EarlierPlan[]): RateSeries[] {
  const { scheduler, updatesPerEpoch } = run;
  const perEpoch = scheduler.tInEpochs ? 1 : updatesPerEpoch;
  const earlier = earlierPlans.flatMap((plan) => {
    const rates = earlierRates(plan, perEpoch);
    const label = `${plan.args["sched"]} until ${epochLabel(plan.until)}`;
    return rates === null ? [] : [{ label, ...rates, dashed: true }];
  });
  if (!isFunctionOfTime(scheduler)) return earlier;
  return [...earlier, presentSeries(run, earlierPlans.at(-1)?.until)];
}

function presentSeries(
  { args, scheduler, numEpochs, updatesPerEpoch, turns }: RunSchedule,
  from: number | undefined,
): RateSeries {
  const perEpoch = scheduler.tInEpochs ? 1 : updatesPerEpoch;
  const length = numEpochs * perEpoch;
  const rateAt = (t: number) => scheduler.valuesAt(t)[0] ?? 0;
  const marks = scheduleTurns({ ...args, lr: learningRate(args).lr }, perEpoch, turns);
  const times = sampleTimes(length, marks, rateAt);
  const label = from === undefined ? args.sched : `${args.sched} from ${epochLabel(from)}`;
  return { label, times, rates: times.map(rateAt), length };
}

function epochLabel(epochs: number): string {
  return `epoch ${Number(epochs.toFixed(1))}`;
}
