/** The schedules that a run followed before it was resumed with another one. */
import { createScheduler } from "@tsimm/scheduler";
import type { EarlierPlan } from "../checkpoint/run-state.ts";
import type { RateSeries } from "../plot/training-figures.ts";
import { sampleTimes } from "../preview/sample-times.ts";
import { scheduleTurns } from "../preview/simulate.ts";
import { type ArgumentName, separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { learningRate } from "./learning-rate.ts";
import { fromKeys } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** Arguments that a schedule follows from, those of its base rate included. */
export function planArguments(): readonly ArgumentName[] {
  return [
    ...trainFlagRows().flatMap(([name, { group }]) =>
      group === "Schedule" && name !== "startEpoch" ? [name] : [],
    ),
    ...(["batchSize", "gradAccumSteps", "opt", "seed", "evalMetric"] as const),
  ];
}

/** The plan of these arguments, which ends here. */
export function earlierPlan(
  args: TrainArguments,
  { until, updatesPerEpoch }: Pick<EarlierPlan, "until" | "updatesPerEpoch">,
): EarlierPlan {
  const rows = planArguments().map((name) => [separated(name, "_"), args[name]] as const);
  return { until, updatesPerEpoch, args: Object.fromEntries(rows) };
}

/**
 * Rates of an earlier plan, at the t of the present one.
 *
 * @param perEpoch - t of the present plan in an epoch: 1, or its updates.
 * @returns Where to look, and the rates there; null if they are no function of time.
 */
export function earlierRates(
  plan: EarlierPlan,
  perEpoch: number,
): Required<Pick<RateSeries, "times" | "rates" | "length">> | null {
  const given = resolveArguments(fromKeys(plan.args).given);
  const args = { ...given, lr: learningRate(given).lr };
  const { updatesPerEpoch } = plan;
  const { scheduler, turns } = createScheduler(args, { paramGroups: [{ lr: args.lr }] }, { updatesPerEpoch });
  if (scheduler.stateDict().plateau !== undefined) return null;
  const own = scheduler.tInEpochs ? 1 : updatesPerEpoch;
  const rateAt = (t: number) => scheduler.valuesAt(Math.floor((t * own) / perEpoch))[0] ?? 0;
  const length = Math.ceil(plan.until * perEpoch);
  const marks = scheduleTurns(
    args,
    perEpoch,
    turns.map((t) => (t / own) * perEpoch),
  );
  const times = sampleTimes(length, marks, rateAt);
  return { times, rates: times.map(rateAt), length };
}
