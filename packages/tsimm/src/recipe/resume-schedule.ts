/** Takes up the schedule of a checkpoint at the point where a run goes on. */
import { isDeepStrictEqual } from "node:util";
import { findSchedule, type Scheduler, type SchedulerState } from "@tsimm/scheduler";
import type { EarlierPlan, RunState } from "../checkpoint/run-state.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { rateLabel } from "../preview/rate-label.ts";
import { meanLr } from "../train/mean-lr.ts";
import { separated, type TrainArguments } from "./arguments.ts";
import { earlierPlan, planArguments } from "./earlier-plan.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** Arguments that set the factors of groups on the rate. */
const layerArguments = ["layerDecay", "layerDecayMinScale", "layerDecayNoOptScale"] as const;

/** Point of a run. */
export interface RunPoint {
  readonly epoch: number;
  /** Batches of the epoch that are done. */
  readonly batch: number;
  /** Updates since the start of the run, at the present number in an epoch. */
  readonly update: number;
}

/** Parts of a run that its schedule is restored into. */
export interface ScheduleTarget {
  readonly args: TrainArguments;
  /** Not stepped yet; its groups have the base rates of `args`. */
  readonly scheduler: Scheduler;
  readonly optimizer: Optimizer;
  readonly updatesPerEpoch: number;
}

/** A schedule that goes on. */
export interface ResumedSchedule {
  /** Line for the log; null where the rate and the plan are the saved ones. */
  readonly line: string | null;
  readonly earlierPlans: readonly EarlierPlan[];
}

/**
 * Point that a checkpoint goes on from.
 *
 * Updates are counted anew: with another batch size an epoch has another number of them.
 *
 * @param startEpoch - Beats the checkpoint's; null: not given.
 */
export function resumePoint(
  { inEpoch, ...state }: RunState,
  startEpoch: number | null,
  { args, updatesPerEpoch }: ScheduleTarget,
): RunPoint {
  const epoch = startEpoch ?? (inEpoch ? state.epoch : state.epoch + 1);
  const batch = inEpoch && startEpoch === null ? state.batch : 0;
  return { epoch, batch, update: epoch * updatesPerEpoch + Math.ceil(batch / args.gradAccumSteps) };
}

/**
 * Sets a scheduler, and its optimizer's rates, to a point: with the plan of the checkpoint to what it had there, with
 * another to what that has there. Plateau goes on from its rate and memory.
 *
 * @param saved - Arguments of the checkpoint.
 */
export function resumeSchedule(
  state: RunState,
  saved: Partial<TrainArguments>,
  target: ScheduleTarget,
  point: RunPoint,
): ResumedSchedule {
  const { args, scheduler, optimizer, updatesPerEpoch } = target;
  const before = resolveArguments(saved);
  const savedState = regrouped(state, optimizer);
  const fresh = scheduler.stateDict();
  const isSameClass = savedState.scheduler === fresh.scheduler;
  if (isSameClass && !args.noResumeOpt) {
    scheduler.loadStateDict(forMetric(savedState, before.evalMetric === args.evalMetric), { keepBase: true });
  }
  const t = scheduler.tInEpochs ? point.epoch : point.update;
  if ((scheduler.stateDict().t ?? 0) !== t) {
    if (scheduler.tInEpochs) scheduler.step(t);
    else scheduler.stepUpdate(t);
  }
  const savedUpdates = savedState.updatesPerEpoch ?? updatesPerEpoch;
  const isSamePlan = samePlan(savedState, fresh) && (scheduler.tInEpochs || savedUpdates === updatesPerEpoch);
  const until = point.epoch + (point.update % updatesPerEpoch) / updatesPerEpoch;
  const earlier = (state.earlierPlans ?? []).map((plan) => ({ ...plan, until: Math.min(plan.until, until) }));
  const ended = isSamePlan ? [] : [earlierPlan(before, { until, updatesPerEpoch: savedUpdates })];
  return {
    line: logLine([rateOf(state), meanLr(optimizer)], scheduler, point, {
      isSamePlan,
      changes: changes(before, args, [savedUpdates, updatesPerEpoch]),
    }),
    earlierPlans: [...earlier, ...ended].filter((plan) => plan.until > 0),
  };
}

/** The scheduler's state for the groups of an optimizer, which may hold other parameters than the saved ones. */
function regrouped(
  { scheduler, optimizer: { groups } }: RunState,
  { paramGroups }: Optimizer,
): SchedulerState {
  const state = scheduler as unknown as SchedulerState;
  const sources = paramGroups.map(({ params }) =>
    Math.max(
      0,
      groups.findIndex((group) => group.params.includes(params[0]?.name ?? "")),
    ),
  );
  if (isDeepStrictEqual(sources, [...groups.keys()])) return state;
  const pick = (values: readonly number[]) => sources.map((i) => values[i] ?? Number.NaN);
  const { baseValues, values, lrScales, plateau } = state;
  return {
    ...state,
    ...{ baseValues: pick(baseValues), values: pick(values) },
    ...(lrScales && { lrScales: pick(lrScales) }),
    ...(plateau && { plateau: { ...plateau, restore: plateau.restore && pick(plateau.restore) } }),
  };
}

/** A best of another metric is no best. */
function forMetric(state: SchedulerState, isSameMetric: boolean): SchedulerState {
  if (isSameMetric || state.plateau === undefined) return state;
  return { ...state, plateau: { ...state.plateau, best: null, numBadEpochs: 0 } };
}

function samePlan(saved: SchedulerState, fresh: SchedulerState): boolean {
  const plan = ({ scheduler, baseValues, options }: SchedulerState) => ({ scheduler, baseValues, options });
  return isDeepStrictEqual(plan(saved), plan(fresh));
}

function changes(
  before: TrainArguments,
  args: TrainArguments,
  [was, is]: readonly [number, number],
): string[] {
  const flags = [...planArguments(), ...layerArguments]
    .filter((name) => name !== "evalMetric" || findSchedule(args.sched).traits.followsMetric)
    .filter((name) => String(before[name]) !== String(args[name]))
    .map((name) => `${separated(name, "_")} ${before[name]} -> ${args[name]}`);
  return [...flags, ...(was === is ? [] : [`updates per epoch ${was} -> ${is}`])];
}

/** Mean rate of a checkpoint's groups. */
function rateOf({ optimizer: { groups } }: RunState): number {
  return groups.reduce((sum, { options }) => sum + Number(options["lr"]), 0) / groups.length;
}

function logLine(
  [was, is]: readonly [number, number],
  { tInEpochs }: Scheduler,
  { epoch, update }: RunPoint,
  { isSamePlan, changes }: { readonly isSamePlan: boolean; readonly changes: readonly string[] },
): string | null {
  if (was === is && isSamePlan) return null;
  const where = tInEpochs ? `epoch ${epoch}` : `update ${update} (epoch ${epoch})`;
  const why = changes.length === 0 ? "" : ` (schedule changed: ${changes.join(", ")})`;
  return `Resume: learning rate ${rateLabel(was)} -> ${rateLabel(is)} at ${where}${why}`;
}
