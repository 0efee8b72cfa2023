/** Optimizer and schedule of a run of timm's, at a checkpoint. */
import type { SchedulerState } from "@tsimm/scheduler";
import { optimizerFromTorch } from "../checkpoint/timm/optimizer-from-torch.ts";
import type { TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import type { Model } from "../models/model.ts";
import type { Optimizer, OptimizerState } from "../optim/optimizer.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { learningRate } from "./learning-rate.ts";
import type { Log } from "./log.ts";
import { makeOptimizer } from "./make-optimizer.ts";
import { makeSchedule } from "./make-schedule.ts";
import type { TimmRun } from "./open-timm-run.ts";
import { replayPlateau } from "./replay-plateau.ts";
import type { TimmResults } from "./timm-results.ts";

/** Sources of {@link timmProgress}. */
export interface TimmProgressOptions {
  /** Of timm's run. */
  readonly args: TrainArguments;
  readonly results: TimmResults;
  readonly model: Model;
  readonly updatesPerEpoch: number;
  /** Whether the file's state of the optimizer is to be read. */
  readonly isRead: boolean;
  readonly log: Log;
}

/** Tells nothing: what it would say belongs to the run that timm made. */
const silent: Log = { info() {}, warn() {} };

/**
 * State of the optimizer and of the schedule as the run's own arguments make them: names of the parameters come from the
 * groups, which are timm's.
 *
 * @throws UsageError if the file's state does not fit.
 */
export function timmProgress(
  run: TimmRun,
  read: TimmCheckpoint,
  { args, results: { rows, ranking }, model, updatesPerEpoch, isRead, log }: TimmProgressOptions,
): { readonly optimizer: OptimizerState; readonly scheduler: SchedulerState } {
  const { lr } = learningRate(args);
  const optimizer = makeOptimizer(args, lr, { model, frozen: null }, silent);
  const epochs = read.epoch + 1;
  const saved = isRead ? savedOptimizer(run, read, optimizer, epochs * updatesPerEpoch, log) : null;
  const { name: metric, better } = ranking;
  const { scheduler } = makeSchedule(args, { lr, optimizer, updatesPerEpoch, metric, better });
  if (scheduler.stateDict().plateau !== undefined) {
    replayPlateau(scheduler, { epoch: read.epoch, carried: run.carried, rows, ranking, saved, optimizer });
  } else if (scheduler.tInEpochs) scheduler.step(epochs);
  else scheduler.stepUpdate(epochs * updatesPerEpoch);
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
