/** A checkpoint of timm's as a checkpoint of ours. */
import type { SchedulerState } from "@tsimm/scheduler";
import type { Checkpoint, CheckpointTensors } from "../checkpoint/checkpoint.ts";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import { type RunState, STATE_VERSION } from "../checkpoint/run-state.ts";
import { slotTensors } from "../checkpoint/slot-tensors.ts";
import { optimizerFromTorch } from "../checkpoint/timm/optimizer-from-torch.ts";
import type { TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import { modelEntry } from "../models/model-entry.ts";
import type { Optimizer, OptimizerState } from "../optim/optimizer.ts";
import { RANDOM_SCHEME } from "../random/keyed-random.ts";
import { printable } from "../text/printable.ts";
import type { Best, EpochRow } from "../train/events.ts";
import { isBetter } from "../train/ranking.ts";
import { UsageError } from "../usage-error.ts";
import { version } from "../version.ts";
import { savedArguments } from "./args-yaml.ts";
import type { TrainArguments } from "./arguments.ts";
import { absolutePlace } from "./data-place.ts";
import { learningRate } from "./learning-rate.ts";
import type { Log } from "./log.ts";
import { makeOptimizer } from "./make-optimizer.ts";
import { makeSchedule } from "./make-schedule.ts";
import type { TimmRun } from "./open-timm-run.ts";
import type { ModelParts } from "./prepare-model.ts";
import { replayPlateau } from "./replay-plateau.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { timmTensors } from "./timm-tensors.ts";

/** Parts of the run that goes on. */
export interface TimmTarget {
  readonly parts: ModelParts;
  readonly ranking: Ranking;
  /** Names of the classes of the data. */
  readonly outputNames: readonly string[];
  readonly updatesPerEpoch: number;
  /** Whether the optimizer starts anew. */
  readonly noResumeOpt: boolean;
  readonly log: Log;
}

/** Tells nothing: what it would say belongs to the run that timm made. */
const silent: Log = { info() {}, warn() {} };

/**
 * The checkpoint of a run of timm's as this version would have saved it.
 *
 * @param read - The run's newest checkpoint, or another of the same run.
 * @throws UsageError if its classes are not those of the data, or its optimizer's state does not fit.
 */
export function timmState(
  run: TimmRun,
  target: TimmTarget,
  read: TimmCheckpoint = run.checkpoint,
): Checkpoint {
  const { parts, ranking, updatesPerEpoch } = target;
  const { model, task, dataConfig } = parts;
  const args = resolveArguments(run.saved);
  const outputNames = namesOf(run, args, target);
  const rows = rowsOf(run, read, ranking, args);
  const own = rankingOf(args, ranking, rows);
  const isEpoch = rows.at(-1)?.epoch === read.epoch && !run.isRecovery;
  const update = updatesPerEpoch * (read.epoch + 1);
  const { optimizer, scheduler } = drivenParts(run, read, { args, rows, ranking: own, update }, target);
  const best = bestOf(rows, own);
  const { carried } = run;
  return {
    path: run.path,
    state: {
      ...{ version: STATE_VERSION, software: { tsimm: version }, args: savedKeys(args) },
      model: { ...modelEntry(model), arch: archOf(args.model) },
      task: { name: task.name, outputNames, settings: task.settings },
      dataConfig,
      evalConfig: { weights: read.ema !== null && own.of === "validation" ? "ema" : "plain" },
      ranking: own,
      ...(isEpoch
        ? { epoch: read.epoch, batch: updatesPerEpoch * args.gradAccumSteps, inEpoch: false }
        : { epoch: read.epoch + 1, batch: 0, inEpoch: true }),
      update,
      running: { loss: 0, images: 0 },
      optimizer: optimizerEntry(optimizer),
      scheduler: { ...scheduler },
      rng: { seed: args.seed, scheme: RANDOM_SCHEME },
      metricHistory: rows,
      best,
      kept: keptOf(rows, own),
      byOutput: best !== null && carried?.best?.epoch === best.epoch ? carried.byOutput : [],
      ...(carried?.earlierPlans && { earlierPlans: carried.earlierPlans }),
      sha256: "",
    },
    tensors: tensorsOf(read, optimizer, parts),
  };
}

/** Arguments as a run here saves them. */
function savedKeys(args: TrainArguments): Readonly<Record<string, unknown>> {
  return savedArguments(args, { dataDir: args.dataDir === null ? null : absolutePlace(args.dataDir) });
}

/** Name of a model without the tag of its weights. */
function archOf(model: string): string {
  return model.replace(/^[^:]*:/, "").replace(/\..*$/, "");
}

/** Names of the classes; where none travelled with the run, those of the data, in whose order timm numbers them too. */
function namesOf(
  { carried }: TimmRun,
  { numClasses }: TrainArguments,
  { outputNames, log }: TimmTarget,
): readonly string[] {
  if (carried !== null) return carried.classNames;
  if (numClasses !== null && numClasses > outputNames.length) {
    log.warn(
      `the model has ${numClasses} outputs, the data folder ${outputNames.length} classes: timm's file does not say which of them they are`,
    );
  }
  return outputNames;
}

/** The rows up to a checkpoint; where there is none of its epoch, with the one number that timm keeps in it. */
function rowsOf(
  { rows, isRecovery }: TimmRun,
  { epoch, metric, optimizer }: TimmCheckpoint,
  { of }: Ranking,
  { evalMetric }: TrainArguments,
): readonly EpochRow[] {
  const done = rows.filter((row) => row.epoch <= epoch);
  if (isRecovery || metric === null || done.at(-1)?.epoch === epoch) return done;
  const lr = meanRate(optimizer);
  const unknown = Number.NaN;
  const row: EpochRow =
    of === "training"
      ? { epoch, trainLoss: metric, lr, validation: null, plain: null }
      : { epoch, trainLoss: unknown, lr, validation: { loss: unknown, [evalMetric]: metric }, plain: null };
  return [...done, row];
}

function meanRate(optimizer: TimmCheckpoint["optimizer"]): number {
  const groups = optimizer instanceof Map ? optimizer.get("param_groups") : undefined;
  const rates = (Array.isArray(groups) ? groups : []).map((group) =>
    group instanceof Map ? Number(group.get("lr") ?? 0) : 0,
  );
  return rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
}

/** The ranking of timm's epochs: by the run's own metric, where its rows have it. */
function rankingOf({ evalMetric }: TrainArguments, ranking: Ranking, rows: readonly EpochRow[]): Ranking {
  const row = rows.at(-1);
  if (row === undefined) return ranking;
  if (row.validation === null) return { name: "loss", better: "lower", of: "training" };
  const name = evalMetric in row.validation ? evalMetric : ranking.name;
  return { name, better: name === "loss" ? "lower" : "higher", of: "validation" };
}

function rankedBy({ trainLoss, validation }: EpochRow, { name, of }: Ranking): number {
  return (of === "training" ? trainLoss : validation?.[name]) ?? Number.NaN;
}

function bestOf(rows: readonly EpochRow[], ranking: Ranking): Best | null {
  return rows.reduce<Best | null>((best, row) => {
    const metric = rankedBy(row, ranking);
    return best === null || isBetter(metric, best.metric, ranking) ? { epoch: row.epoch, metric } : best;
  }, null);
}

/** All epochs, best first: those whose weights are not there are left out when the folder is filled. */
function keptOf(rows: readonly EpochRow[], ranking: Ranking): RunState["kept"] {
  return rows
    .map((row) => ({ epoch: row.epoch, metric: rankedBy(row, ranking) }))
    .toSorted((a, b) => {
      if (isBetter(a.metric, b.metric, ranking)) return -1;
      return isBetter(b.metric, a.metric, ranking) ? 1 : 0;
    });
}

interface Driven {
  readonly args: TrainArguments;
  readonly rows: readonly EpochRow[];
  readonly ranking: Ranking;
  readonly update: number;
}

/** State of the optimizer and of the schedule, as the run's own arguments make them. */
function drivenParts(
  run: TimmRun,
  read: TimmCheckpoint,
  { args, rows, ranking, update }: Driven,
  { parts: { model }, updatesPerEpoch, noResumeOpt, log }: TimmTarget,
): { readonly optimizer: OptimizerState; readonly scheduler: SchedulerState } {
  const { lr } = learningRate(args);
  const optimizer = makeOptimizer(args, lr, { model, frozen: null }, silent);
  const isRead = !noResumeOpt && archOf(args.model) === model.name;
  const saved = isRead ? savedOptimizer(run, read, optimizer, update, log) : null;
  const { name: metric, better } = ranking;
  const { scheduler } = makeSchedule(args, { lr, optimizer, updatesPerEpoch, metric, better });
  const t = read.epoch + 1;
  if (scheduler.stateDict().plateau !== undefined) {
    replayPlateau(scheduler, { epoch: read.epoch, carried: run.carried, rows, ranking, saved, optimizer });
  } else if (scheduler.tInEpochs) scheduler.step(t);
  else scheduler.stepUpdate(t * updatesPerEpoch);
  return {
    optimizer: withRates(saved ?? optimizer.stateDict(), optimizer),
    scheduler: scheduler.stateDict(),
  };
}

/** null: the file has none. */
function savedOptimizer(
  { path }: TimmRun,
  { optimizer: value }: TimmCheckpoint,
  optimizer: Optimizer,
  update: number,
  { warn }: Log,
): OptimizerState | null {
  if (value === null) {
    warn("the file holds no state of the optimizer, which starts anew");
    return null;
  }
  try {
    return optimizerFromTorch(value, optimizer, update);
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold the state of ${optimizer.name}, got "${printable(path)}": ${printable((error as Error).message)}; pass --no-resume-opt to start it anew`,
    );
  }
}

/** The rates that the schedule has set: those of the file are the ones before its last step. */
function withRates(state: OptimizerState, { paramGroups }: Optimizer): OptimizerState {
  const groups = state.groups.map(({ params, options }, i) => {
    const { lr, initialLr } = paramGroups[i] ?? {};
    return { params, options: { ...options, lr, ...(initialLr !== undefined && { initialLr }) } };
  });
  return { ...state, groups };
}

function optimizerEntry({ name, steps, groups, joined }: OptimizerState): RunState["optimizer"] {
  return { name, steps, groups, ...(joined !== undefined && { joined }) };
}

function tensorsOf(
  { model: weights, ema }: TimmCheckpoint,
  { slots }: OptimizerState,
  { model }: ModelParts,
): CheckpointTensors {
  const shapes = new Map(model.parameters.map(({ name, shape }) => [name, shape]));
  return {
    model: timmTensors(model, weights),
    ema: ema === null ? null : timmTensors(model, ema),
    optimizer: slotTensors(slots, shapes),
  };
}
