/** The schedule of a run, and the point on it where the run goes on. */
import type { ScheduledRun, Scheduler } from "@tsimm/scheduler";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import { initialProgress, type TrainingProgress } from "../train/training-state.ts";
import { UsageError } from "../usage-error.ts";
import { applyCheckpoint, type ResumedProgress } from "./apply-checkpoint.ts";
import type { TrainArguments } from "./arguments.ts";
import { describeSchedule, makeSchedule } from "./make-schedule.ts";
import type { TrainingLoaders } from "./open-data.ts";
import type { RunData } from "./prepare-data.ts";
import type { ModelParts } from "./prepare-model.ts";
import { refuseNegativeRates } from "./refuse-negative-rates.ts";
import type { RunRequest } from "./run-request.ts";
import { timmState } from "./timm-state.ts";

/** The schedule, and where on it the run goes on. */
export interface ScheduleParts extends ScheduledRun {
  readonly updatesPerEpoch: number;
  readonly resumed: ResumedProgress;
  /** Checkpoint that the run goes on from; null: it begins. */
  readonly checkpoint: Checkpoint | null;
}

/** What of a run its schedule depends on. */
export interface ScheduledParts {
  readonly data: RunData;
  readonly parts: ModelParts;
  readonly ranking: Ranking;
  readonly loaders: TrainingLoaders;
}

/**
 * Makes the schedule, loads the checkpoint, and logs both.
 *
 * @throws UsageError if there is nothing left to train, or the checkpoint or the rates make no sense.
 */
export function prepareSchedule(
  { data: { args, data }, parts, ranking, loaders }: ScheduledParts,
  { given, resume, messages }: RunRequest,
): ScheduleParts {
  const { model, task, optimizer, average, lr } = parts;
  const { name: metric, better } = ranking;
  const updatesPerEpoch = Math.ceil(loaders.trainLoader.length / args.gradAccumSteps);
  const scheduled = makeSchedule(args, { lr, optimizer, updatesPerEpoch, metric, better });
  const { scheduler, numEpochs } = scheduled;
  const outputNames = data.training.classNames;
  const timmTarget = { parts, ranking, outputNames, updatesPerEpoch, noResumeOpt: args.noResumeOpt };
  const checkpoint = resume?.timm
    ? timmState(resume.timm, { ...timmTarget, log: messages })
    : (resume?.checkpoint ?? null);
  const target = {
    ...{ args, given, outputNames, model, optimizer, scheduler },
    ...{ ema: average, updatesPerEpoch, log: messages },
  };
  const resumed =
    checkpoint === null
      ? startAt(args.startEpoch ?? 0, scheduler, updatesPerEpoch)
      : applyCheckpoint({ checkpoint, saved: resume?.saved ?? {} }, target);
  const { progress } = resumed;
  const isDone = checkpoint !== null && (given.startEpoch ?? null) === null && progress.epoch === numEpochs;
  if (progress.epoch >= numEpochs && !isDone) {
    throw new UsageError(
      `train: --epochs must be more than the ${progress.epoch} that are done, got ${args.epochs}; nothing is left to train`,
    );
  }
  if (checkpoint !== null) checkPosition(progress, args, loaders, checkpoint);
  const from = args.schedOnUpdates ? progress.update : progress.epoch;
  refuseNegativeRates(args, { command: "train", updatesPerEpoch, from });
  const context = { updatesPerEpoch, task, metric, outputs: model.numClasses };
  describeSchedule(args, { numEpochs }, context, messages);
  return { ...scheduled, updatesPerEpoch, resumed, checkpoint };
}

function startAt(epoch: number, scheduler: Scheduler, updatesPerEpoch: number): ResumedProgress {
  const update = epoch * updatesPerEpoch;
  if (epoch > 0 && scheduler.tInEpochs) scheduler.step(epoch);
  else if (epoch > 0) scheduler.stepUpdate(update);
  return { progress: { ...initialProgress, epoch, update }, kept: [], earlierPlans: [] };
}

/** Refuses counts that the images cannot have given. */
function checkPosition(
  { batch, running }: TrainingProgress,
  { batchSize }: TrainArguments,
  { trainLoader }: TrainingLoaders,
  { path }: Checkpoint,
): void {
  if (batch > trainLoader.length) {
    throw new UsageError(
      `train: --resume must be at a batch of the ${trainLoader.length} of an epoch, got ${batch} in ${path}`,
    );
  }
  if (running.images > batch * batchSize) {
    throw new UsageError(
      `train: --resume must hold the losses of at most ${batch * batchSize} images, got ${running.images} in ${path}`,
    );
  }
}
