/** What surprises people about a schedule, said before the run. */
import { rateLabel } from "./rate-label.ts";
import type { SimulatedSchedule } from "./simulate.ts";

/** Share of the base rate by which a warm-up may miss it. */
const JUMP = 0.1;
/** Share of the way from the base rate to the minimum that may be left at the end. */
const LEFT = 0.1;

const STEPPED = ["step", "multistep"];
const WITHOUT_MINIMUM = ["constant", "invsqrt", "multistep", "onecycle", "step"];

/**
 * One sentence for each surprise: a warm-up that outlasts the run, a decay or a jump that it hides, a minimum
 * that is never reached or has no effect.
 *
 * @param schedule - Rates of a run.
 * @returns Sentences that name the flag to change; none if all is as expected.
 */
export function scheduleWarnings(schedule: SimulatedSchedule): string[] {
  const { warmupT, rates, unit } = schedule;
  if (warmupT > 0 && warmupT >= rates.length) {
    const relation = warmupT > rates.length ? "longer than" : "as long as";
    return [
      `the warm-up (${warmupT} ${unit}s) is ${relation} the run (${rates.length}); lower --warmup-epochs`,
    ];
  }
  return [warmupWarning(schedule), minimumWarning(schedule)].filter((warning) => warning !== null);
}

function warmupWarning({ sched, unit, lr, warmupT, steadyRates }: SimulatedSchedule): string | null {
  const rate = steadyRates[warmupT];
  if (warmupT === 0 || rate === undefined) return null;
  const at = `${unit} ${warmupT}`;
  if (STEPPED.includes(sched)) {
    if (rate === lr) return null;
    return `the rate decays during the warm-up: it is ${rateLabel(rate)} at ${at}, where the warm-up ends, not ${rateLabel(lr)}; shorten the warm-up or pass --warmup-prefix`;
  }
  if (Math.abs(rate - lr) <= JUMP * lr) return null;
  const advice =
    sched === "onecycle"
      ? "onecycle warms up by itself, pass --warmup-epochs 0"
      : "the schedule ran on below the warm-up, pass --warmup-prefix to start it afterwards";
  return `the rate jumps after the warm-up: to ${rateLabel(rate)} at ${at} instead of ${rateLabel(lr)}; ${advice}`;
}

function minimumWarning({ sched, lr, minLr, steadyRates, warmupT }: SimulatedSchedule): string | null {
  if (WITHOUT_MINIMUM.includes(sched)) {
    return minLr > 0 ? `--min-lr ${rateLabel(minLr)} has no effect on ${sched}` : null;
  }
  if (sched === "plateau" || minLr >= lr) return null;
  const lowest = steadyRates.subarray(warmupT).reduce((low, rate) => Math.min(low, rate));
  if (lowest - minLr <= LEFT * (lr - minLr)) return null;
  const share = Math.round((100 * lowest) / lr);
  return `the minimum ${rateLabel(minLr)} is never reached: the lowest rate is ${rateLabel(lowest)}, ${share} % of ${rateLabel(lr)}; ${adviceAgainstHighEnd(sched)}`;
}

function adviceAgainstHighEnd(sched: string): string {
  switch (sched) {
    case "poly":
      return "its power is --decay-rate unless there is a --power, 1 for a straight line";
    case "exponential":
      return "lower --decay-epochs or --decay-rate";
    default:
      return "--cooldown-epochs 1 adds an epoch at the minimum";
  }
}
