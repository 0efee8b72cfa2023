/** What surprises people about a schedule, said before the run. */
import { findSchedule, type ScheduleTraits } from "@tsimm/scheduler";
import type { Metric, Task } from "../task/task.ts";
import { rateLabel } from "./rate-label.ts";
import type { SimulatedSchedule } from "./simulate.ts";

/** Share of the base rate by which a warm-up may miss it. */
const JUMP = 0.1;
/** Share of the way from the base rate to the minimum that may be left at the end. */
const LEFT = 0.1;
/** `--lr-cycle-decay` that nobody asked for. */
const USUAL_CYCLE_DECAY = 0.5;

/** The metric that a schedule may follow. */
export interface MetricContext {
  /** Name, as `--eval-metric` takes it. */
  readonly metric: string;
  /** Task that has the metric; null: not known. */
  readonly task: Pick<Task, "metrics" | "metric"> | null;
  /** Outputs of the model; null: not known yet. */
  readonly outputs: number | null;
}

/**
 * One sentence for each surprise: a warm-up that outlasts the run, a decay or a jump that it hides, a decay or
 * noise that never comes, a metric that cannot improve, a minimum that is above the rate, never reached or has
 * no effect, the shape of a second cycle where there is one alone.
 *
 * @param schedule - Rates of a run.
 * @param context - The metric that it may follow.
 * @returns Sentences that name the flag to change; none if all is as expected.
 * @example
 * import { scheduleWarnings, simulateFlags } from "tsimm/plot";
 *
 * const schedule = simulateFlags({ sched: "step", lr: 0.1, epochs: 3, decayEpochs: 30, warmupEpochs: 0 }, null);
 * scheduleWarnings(schedule, { metric: "top1", task: null, outputs: null });
 * // => ["step never lowers the rate in this run of 3 epochs: --decay-epochs is 30; lower --decay-epochs"]
 */
export function scheduleWarnings(schedule: SimulatedSchedule, context: MetricContext): string[] {
  const { warmupT, length, unit } = schedule;
  if (warmupT > 0 && warmupT >= length) {
    const relation = warmupT > length ? "longer than" : "as long as";
    return [
      `the warm-up (${warmupT} ${unit}s) is ${relation} the run (${length}); lower --warmup-epochs`,
      decayAfterRunWarning(schedule),
      plateauWarning(schedule, context),
      minimumAboveWarning(schedule),
    ].filter((warning) => warning !== null);
  }
  return [
    warmupWarning(schedule),
    warmupRateWarning(schedule),
    decayWarning(schedule),
    plateauWarning(schedule, context),
    minimumWarning(schedule),
    cycleWarning(schedule),
    cooldownWarning(schedule),
    noiseWarning(schedule),
  ].filter((warning) => warning !== null);
}

function warmupWarning(schedule: SimulatedSchedule): string | null {
  const { sched, unit, lr, warmupT } = schedule;
  const [rate] = afterWarmup(schedule);
  if (warmupT === 0 || rate === undefined) return null;
  const at = `${unit} ${warmupT}`;
  const { dropsAt, warmsUp } = findSchedule(sched).traits;
  if (dropsAt !== undefined) {
    if (rate === lr) return null;
    return `the rate decays during the warm-up: it is ${rateLabel(rate)} at ${at}, where the warm-up ends, not ${rateLabel(lr)}; shorten the warm-up or pass --warmup-prefix`;
  }
  if (Math.abs(rate - lr) <= JUMP * lr || schedule.minLr > lr) return null;
  const advice = warmsUp
    ? `${sched} warms up by itself, pass --warmup-epochs 0`
    : "the schedule ran on below the warm-up, pass --warmup-prefix to start it afterwards";
  return `the rate jumps after the warm-up: to ${rateLabel(rate)} at ${at} instead of ${rateLabel(lr)}; ${advice}`;
}

function warmupRateWarning({ warmupT, lr, args }: SimulatedSchedule): string | null {
  if (warmupT === 0 || args.warmupLr <= lr) return null;
  return `--warmup-lr ${rateLabel(args.warmupLr)} is above the rate ${rateLabel(lr)}: the warm-up lowers the rate; pass a smaller --warmup-lr`;
}

/** A rate that is to drop and does not. */
function decayWarning(schedule: SimulatedSchedule): string | null {
  const { sched, lr, args } = schedule;
  const { hasDecayRate, followsMetric, dropsAt } = findSchedule(sched).traits;
  if (!hasDecayRate) return null;
  if (args.decayRate === 1) {
    return `--decay-rate 1 leaves the rate at ${rateLabel(lr)}: ${sched} multiplies it by that; pass one below 1`;
  }
  if (args.decayRate > 1) {
    return `--decay-rate ${args.decayRate} raises the rate: ${sched} multiplies it by that; pass one below 1`;
  }
  const after = afterWarmup(schedule);
  if ((dropsAt === undefined && !followsMetric) || after.some((rate) => rate !== lr) || lr === 0) return null;
  if (followsMetric) {
    if (args.minLr >= lr) return null;
    // With the least patience, the second epoch without improvement ends before the third begins.
    const cure = args.patienceEpochs > 0 && after.length > 2 ? "lower --patience-epochs" : "raise --epochs";
    return `${neverLowers(schedule)}: it waits for more than --patience-epochs ${args.patienceEpochs} without improvement; ${cure}`;
  }
  return decayTooLate(schedule);
}

/** A decay that a shorter warm-up would not show either. */
function decayAfterRunWarning(schedule: SimulatedSchedule): string | null {
  const { sched, numEpochs, args } = schedule;
  const { dropsAt } = findSchedule(sched).traits;
  if (dropsAt === undefined) return null;
  const first = dropsAt === "decayEpochs" ? args.decayEpochs : Math.min(...args.decayMilestones);
  return first < numEpochs ? null : decayTooLate(schedule);
}

function decayTooLate(schedule: SimulatedSchedule): string {
  const { decayEpochs, decayMilestones } = schedule.args;
  const [flag, value] =
    findSchedule(schedule.sched).traits.dropsAt === "decayEpochs"
      ? ["--decay-epochs", decayEpochs]
      : ["--decay-milestones", decayMilestones.join(" ")];
  return `${neverLowers(schedule)}: ${flag} is ${value}; lower ${flag}`;
}

function neverLowers({ sched, numEpochs }: SimulatedSchedule): string {
  return `${sched} never lowers the rate in this run of ${epochsOf(numEpochs)}`;
}

/** A metric that cannot improve lowers the rate whatever the model learns. */
function plateauWarning({ sched, args }: SimulatedSchedule, context: MetricContext): string | null {
  const { metric, task, outputs } = context;
  const followed = task?.metrics.find(({ name }) => name === metric);
  if (!findSchedule(sched).traits.followsMetric || task === null || followed === undefined) return null;
  const { plateauThreshold, thresholdMode } = args;
  const { best, better, unit } = followed;
  const isCertain = ({ certainUpTo = 0 }: Metric) => outputs !== null && outputs <= certainUpTo;
  if (isCertain(followed)) {
    const own = task.metrics.filter(({ name }) => name === task.metric);
    const others = [...new Set([...own, ...task.metrics])].filter((other) => !isCertain(other));
    const cure = `pass --eval-metric ${others.map(({ name }) => name).join(" or ")}`;
    return `--eval-metric ${metric} is always ${best}${unit && ` ${unit}`} with ${outputs} classes: it never improves, and ${sched} lowers the rate all the same; ${cure}`;
  }
  // What gets better as it falls begins anywhere.
  if (better === "lower" || best === undefined) return null;
  if (thresholdMode === "rel" || plateauThreshold < best) return null;
  return `--plateau-threshold ${plateauThreshold} is more than ${metric} can improve; pass a smaller one, or --threshold-mode rel`;
}

function minimumWarning(schedule: SimulatedSchedule): string | null {
  const { sched, lr, minLr, length, numEpochs, args } = schedule;
  const { traits } = findSchedule(sched);
  const { hasMinimum, followsMetric, decaysAtEnd, endAdvice = adviceAtEnd(traits) } = traits;
  if (!hasMinimum) {
    return minLr > 0 ? `--min-lr ${rateLabel(minLr)} has no effect on ${sched}` : null;
  }
  if (minLr > lr) return minimumAboveWarning(schedule);
  if (followsMetric || minLr === lr) return null;
  const lowest = afterWarmup(schedule).reduce((low, rate) => Math.min(low, rate));
  // The last of few rates on the way to the minimum is well above it: that is the length of the run.
  const steps = decaysAtEnd ? args.decayEpochs * (length / numEpochs) : length;
  const left = Math.max(LEFT, 2 / steps);
  if (lowest - minLr <= left * (lr - minLr)) return null;
  const share = Math.round((100 * lowest) / lr);
  return `the minimum ${rateLabel(minLr)} is never reached: the lowest rate is ${rateLabel(lowest)}, ${share} % of ${rateLabel(lr)}; ${endAdvice}`;
}

/** What lowers the last rate of a schedule that does not say so itself. */
function adviceAtEnd({ hasPower, hasDecayRate }: ScheduleTraits): string {
  if (hasPower) return "its power is --decay-rate unless there is a --power, 1 for a straight line";
  if (hasDecayRate) return "lower --decay-epochs or --decay-rate";
  return "--cooldown-epochs 1 adds an epoch at the minimum";
}

function minimumAboveWarning({ sched, lr, minLr }: SimulatedSchedule): string | null {
  if (!findSchedule(sched).traits.hasMinimum || minLr <= lr) return null;
  return `--min-lr ${rateLabel(minLr)} is above the rate ${rateLabel(lr)}: ${sched} raises the rate to it; pass a smaller --min-lr or a greater --lr`;
}

/** No cycle at all is the minimum from the start, and one has no next one to shape. */
function cycleWarning({ sched, args, minLr }: SimulatedSchedule): string | null {
  if (!findSchedule(sched).traits.cyclic || args.lrCycleLimit > 1) return null;
  if (!(args.lrCycleLimit > 0)) {
    return `--lr-cycle-limit 0 leaves the rate at the minimum ${rateLabel(minLr)}; pass 1 or more`;
  }
  const { lrCycleDecay, lrCycleMul } = args;
  if (lrCycleMul !== 1) return ineffectiveOnFirst(`--lr-cycle-mul ${lrCycleMul}`);
  const isAsked = lrCycleDecay !== 1 && lrCycleDecay !== USUAL_CYCLE_DECAY;
  return isAsked ? ineffectiveOnFirst(`--lr-cycle-decay ${lrCycleDecay}`) : null;
}

function ineffectiveOnFirst(flag: string): string {
  return `${flag} has no effect on the first cycle; raise --lr-cycle-limit`;
}

/** timm adds no cooldown to schedules that drop at some t. */
function cooldownWarning({ sched, args }: SimulatedSchedule): string | null {
  if (!findSchedule(sched).traits.ignoresCooldown || args.cooldownEpochs === 0) return null;
  return `--cooldown-epochs ${args.cooldownEpochs} has no effect on ${sched}; raise --epochs`;
}

function noiseWarning({ args, numEpochs, rates, steadyRates }: SimulatedSchedule): string | null {
  if (args.lrNoise === null || rates.some((rate, i) => rate !== steadyRates[i])) return null;
  const from = Number((Number(args.lrNoise[0]) * args.epochs).toPrecision(6));
  return `--lr-noise ${args.lrNoise.join(" ")} never acts in this run of ${epochsOf(numEpochs)}: it begins at epoch ${from}; lower --lr-noise`;
}

function epochsOf(count: number): string {
  return count === 1 ? "1 epoch" : `${count} epochs`;
}

/** Rates from the end of the warm-up on, without noise. */
function afterWarmup({ times, steadyRates, warmupT }: SimulatedSchedule): Float64Array {
  return steadyRates.subarray(times.findIndex((t) => t >= warmupT));
}
