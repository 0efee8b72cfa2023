/** Everything that happens before the first update, in timm's order. */
import { join, resolve } from "node:path";
import type { Scheduler } from "@tsimm/scheduler";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import { type DataDigest, dataDigest } from "../checkpoint/data-digest.ts";
import type { ClaimedFolder } from "../checkpoint/output-folder.ts";
import { CheckpointWriter, type RunFacts } from "../checkpoint/save-checkpoint.ts";
import type { MixupOptions } from "../data/mixup.ts";
import { updateFile } from "../files/write-file.ts";
import type { FiguresOptions } from "../listeners/figures.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { modelEntry } from "../models/model-entry.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { taskNote } from "../task/default-task.ts";
import type { Task } from "../task/task.ts";
import type { FitLoopOptions } from "../train/fit-options.ts";
import type { Listener } from "../train/listener.ts";
import { start, type TrainingProgress, type TrainingState } from "../train/training-state.ts";
import { createUpdater, type Updater } from "../update/updater.ts";
import { UsageError } from "../usage-error.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import { resolveArguments, type TrainArguments } from "./arguments.ts";
import { chooseMetric } from "./choose-metric.ts";
import { continueFolder } from "./continue-folder.ts";
import { dataConfigLines, resolveDataConfig } from "./data-config.ts";
import { demoArguments } from "./demo.ts";
import type { FinishListener } from "./finish-run.ts";
import { flagWords } from "./flag-words.ts";
import { fromFlags } from "./from-flags.ts";
import { isGiven } from "./given.ts";
import { learningRate } from "./learning-rate.ts";
import { loadInitialWeights, makeModel, outputNames, warnAboutSmallInput } from "./make-model.ts";
import { makeAverage, makeOptimizer } from "./make-optimizer.ts";
import { describeSchedule, makeSchedule } from "./make-schedule.ts";
import { makeTask } from "./make-task.ts";
import type { MessageQueue } from "./message-queue.ts";
import { createLoaders, openData, type TrainingData, type TrainingLoaders } from "./open-data.ts";
import { plannedRates } from "./planned-rates.ts";
import { refuseNegativeRates } from "./refuse-negative-rates.ts";
import type { Releases } from "./releases.ts";
import { applyCheckpoint, checkData, type Resume, type ResumedProgress } from "./resume.ts";
import { runListeners } from "./run-listeners.ts";
import { scheduleSeries } from "./schedule-series.ts";
import { smallSetAdvice } from "./small-set.ts";
import type { TrainOptions } from "./train.ts";

/** What a run is prepared from. */
export interface RunRequest {
  /** What was given explicitly. */
  readonly given: Partial<TrainArguments>;
  readonly resume: Resume | null;
  readonly options: TrainOptions;
  readonly messages: MessageQueue;
  /** Takes what the run holds. */
  readonly releases: Releases;
}

/** A run that can begin. */
export interface PreparedRun {
  /** Absolute path of the output folder. */
  readonly folder: string;
  /** Arguments of `fit`, without listeners and signal. */
  readonly fit: { readonly updater: Updater } & Omit<FitLoopOptions, "listeners" | "signal">;
  /** Write the folder. */
  readonly listeners: readonly Listener[];
  readonly finish: FinishListener;
  readonly ranking: Ranking;
  /** Whether the run began now, not from what an earlier one has left. */
  readonly isNew: boolean;
  /** Updates made before. */
  readonly startUpdate: number;
}

/** Folder and lock of a run. */
export type ClaimFolder = (args: TrainArguments, config: PretrainedConfig) => Promise<ClaimedFolder>;

/**
 * Checks arguments, opens the data, builds model, task, optimizer and schedule, restores a checkpoint, makes the output
 * folder.
 *
 * @throws UsageError for arguments that make no sense. Nothing has been written when it throws.
 */
export async function prepareRun(request: RunRequest, claim: ClaimFolder): Promise<PreparedRun> {
  const { resume, messages, releases } = request;
  const { args, data, digest } = await prepareData(request);
  const parts = await prepareModel(args, data, request);
  const { model, task, dataConfig, optimizer, average, lr } = parts;
  const loaders = fromFlags("train", args, () => createLoaders(data, args, dataConfig, messages));
  releases.add(() => loaders.close());
  const ranking = rankingOf(args, request.given, task, loaders);
  const { scheduler, numEpochs, updatesPerEpoch, resumed } = prepareSchedule(
    { args, lr, ranking, data, loaders },
    parts,
    request,
  );
  await messages.flush();
  const engine = await createEngine(args.engine, { onWarning: messages.warn });
  const [, height, width] = dataConfig.inputSize;
  const updater = await createUpdater(engine, {
    ...{ model, optimizer, average, loss: task.loss, seed: args.seed },
    ...{ clipGrad: args.clipGrad, clipMode: args.clipMode },
    ...{
      batchSize: args.batchSize,
      height,
      width,
      input: "uint8",
      mean: dataConfig.mean,
      std: dataConfig.std,
    },
    ...(args.threads === null ? {} : { threads: args.threads }),
  });
  releases.add(() => updater.close());
  messages.info(`Engine: ${engine.name} (ONNX Runtime ${engine.version})`);

  const savedArgs = savedArguments(args, {
    numClasses: model.numClasses,
    dataDir: args.dataDir === null ? null : resolve(args.dataDir),
    ...(ranking.of === "validation" ? { evalMetric: ranking.name } : {}),
  });
  const { folder, lock } = await claim(args, dataConfig);
  if (!resume?.claimed) releases.add(() => lock.release());
  const { checkpoint = null } = resume ?? {};
  const isElsewhere = (request.given.startEpoch ?? null) !== null;
  const isDone = checkpoint !== null && !isElsewhere && resumed.progress.epoch === numEpochs;
  // Nothing is trained under the arguments of a run that is done.
  if (!isDone) await updateFile(join(folder, "args.yaml"), argsYaml(args, savedArgs));
  const { classNames } = data.training;
  await updateFile(join(folder, "classes.txt"), classNames.map((name) => `${name}\n`).join(""));
  messages.info(`Output: ${folder}`);

  const facts = runFacts({ engine, args: savedArgs, ranking, digest, resumed }, parts, data);
  let { progress, kept } = resumed;
  if (resume !== null && checkpoint !== null) {
    const writer = new CheckpointWriter(folder, { facts, limit: args.checkpointHist, kept });
    const state: TrainingState = {
      ...{ progress, model: model.state, average: average?.state ?? null },
      ...{ optimizer: optimizer.stateDict(), schedule: scheduler.stateDict() },
    };
    const there = await continueFolder(
      folder,
      { ...resume, checkpoint },
      {
        ...{ progress, task, ranking, limit: args.checkpointHist, log: messages },
        saveStart: isElsewhere ? () => writer.saveRecovery(state) : null,
      },
    );
    kept = there.kept;
    progress = { ...progress, best: there.best, ...(sameBest(progress, there.best) ? {} : { byOutput: [] }) };
  }
  const { listeners, finish } = runListeners(folder, {
    args,
    checkpoints: { facts, limit: args.checkpointHist, kept },
    figures: figuresOf({ args, scheduler, optimizer, updatesPerEpoch, numEpochs }, resumed),
    finish: {
      parts: { model, classNames, dataConfig, average: average !== null, task: taskNote(task) },
      images: data.validation ?? data.training,
      wasDone: isDone,
    },
  });
  return {
    ...{ folder, listeners, finish, ranking, isNew: resume === null, startUpdate: progress.update },
    fit: {
      ...{ updater, task, loader: loaders.trainLoader, validation: loaders.valLoader, epochs: numEpochs },
      ...{ schedule: scheduler, gradAccumSteps: args.gradAccumSteps, seed: args.seed },
      ...{ mixing: mixingOf(args), mixingOffEpoch: args.mixupOffEpoch },
      ...{ valInterval: args.valInterval, recoveryInterval: args.recoveryInterval },
      ...{ logInterval: args.logInterval, resume: { progress } },
      ...(ranking.of === "validation" ? { metric: ranking.name } : {}),
    },
  };
}

/** Arguments and images of a run. */
async function prepareData({ given, resume, options, messages }: RunRequest): Promise<{
  readonly args: TrainArguments;
  readonly data: TrainingData;
  readonly digest: DataDigest;
}> {
  const own = options.dataset
    ? { training: options.dataset.training, validation: options.dataset.validation ?? null }
    : null;
  const demo = resume === null && !given.dataDir && own === null ? demoArguments(given) : {};
  const args = resolveArguments(resume?.saved ?? {}, demo, given);
  const data = await openData(args, own, messages);
  const digest = await dataDigest(data);
  if (resume?.checkpoint) checkData(resume.checkpoint, digest, messages);
  if (Object.keys(demo).length > 0) messages.info(`Settings of the demo: ${flagWords(demo)}`);
  const advice = resume === null ? smallSetAdvice(data.training.samples.length, given) : null;
  if (advice !== null) messages.info(advice);
  await messages.flush();
  return { args, data, digest };
}

/** The model and what belongs to it. */
interface ModelParts {
  readonly model: Model;
  readonly task: Task;
  readonly dataConfig: PretrainedConfig;
  readonly optimizer: Optimizer;
  readonly average: ModelEma | null;
  /** Base learning rate. */
  readonly lr: number;
}

async function prepareModel(
  args: TrainArguments,
  { training }: TrainingData,
  { resume, options, messages }: RunRequest,
): Promise<ModelParts> {
  const names = outputNames(args, training.classNames);
  const task = makeTask(args, names, training);
  const model = options.model ?? makeModel(args, names.length, messages);
  if (args.initialCheckpoint !== "" && !resume?.checkpoint) await loadInitialWeights(model, args, messages);
  const dataConfig = resolveDataConfig(args, model.pretrainedCfg);
  for (const line of dataConfigLines(dataConfig)) messages.info(line);
  warnAboutSmallInput(model, dataConfig, messages);
  const { lr, explanation } = learningRate(args);
  if (explanation !== null) messages.info(explanation);
  const optimizer = makeOptimizer(args, lr, model, messages);
  const average = makeAverage(args, model);
  await messages.flush();
  return { model, task, dataConfig, optimizer, average, lr };
}

/** What epochs are ranked by. */
function rankingOf(
  args: TrainArguments,
  given: Partial<TrainArguments>,
  task: Task,
  { valLoader }: TrainingLoaders,
): Ranking {
  if (valLoader === null) return { name: "loss", better: "lower", of: "training" };
  const names = task.metrics.map((metric) => metric.name);
  const name = chooseMetric(args.evalMetric, isGiven(given, "evalMetric"), { names, own: task.metric });
  const better = task.metrics.find((metric) => metric.name === name)?.better ?? "higher";
  return { name, better, of: "validation" };
}

/** The schedule, where the run goes on, and what there is to say of both. */
function prepareSchedule(
  run: {
    readonly args: TrainArguments;
    readonly lr: number;
    readonly ranking: Ranking;
    readonly data: TrainingData;
    readonly loaders: TrainingLoaders;
  },
  { model, task, optimizer, average }: ModelParts,
  { given, resume, messages }: RunRequest,
): {
  readonly scheduler: Scheduler;
  readonly numEpochs: number;
  readonly updatesPerEpoch: number;
  readonly resumed: ResumedProgress;
} {
  const { args, lr, ranking, data, loaders } = run;
  const updatesPerEpoch = Math.ceil(loaders.trainLoader.length / args.gradAccumSteps);
  const { name: metric, better } = ranking;
  const { scheduler, numEpochs } = makeSchedule(args, { lr, optimizer, updatesPerEpoch, metric, better });
  const checkpoint = resume?.checkpoint ?? null;
  const target = {
    ...{ args, given, outputNames: data.training.classNames, model, optimizer, scheduler },
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
  const best = task.metrics.find(({ name }) => name === metric)?.best ?? null;
  const context = { updatesPerEpoch, task, metric, best, numClasses: model.numClasses };
  describeSchedule(args, { numEpochs }, context, messages);
  return { scheduler, numEpochs, updatesPerEpoch, resumed };
}

function startAt(epoch: number, scheduler: Scheduler, updatesPerEpoch: number): ResumedProgress {
  const update = epoch * updatesPerEpoch;
  if (epoch > 0 && scheduler.tInEpochs) scheduler.step(epoch);
  else if (epoch > 0) scheduler.stepUpdate(update);
  return { progress: { ...start, epoch, update }, kept: [], earlierPlans: [] };
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

function mixingOf(args: TrainArguments): MixupOptions {
  const { mixup, cutmix, cutmixMinmax, mixupProb, mixupSwitchProb } = args;
  return { mixup, cutmix, cutmixMinmax: cutmixMinmax ?? undefined, mixupProb, mixupSwitchProb };
}

function runFacts(
  run: {
    readonly engine: Engine;
    readonly args: Readonly<Record<string, unknown>>;
    readonly ranking: Ranking;
    readonly digest: DataDigest;
    readonly resumed: ResumedProgress;
  },
  { model, task, dataConfig, average }: ModelParts,
  { training }: TrainingData,
): RunFacts {
  const { engine, args, ranking, digest, resumed } = run;
  return {
    ...{ engine, args, dataConfig, ranking, data: digest, earlierPlans: resumed.earlierPlans },
    model: modelEntry(model),
    task: { name: task.name, outputNames: training.classNames, settings: task.settings },
    weights: average !== null && ranking.of === "validation" ? "ema" : "plain",
    seed: Number(args["seed"]),
  };
}

function figuresOf(
  run: {
    readonly args: TrainArguments;
    readonly scheduler: Scheduler;
    readonly optimizer: Optimizer;
    readonly updatesPerEpoch: number;
    readonly numEpochs: number;
  },
  { earlierPlans }: ResumedProgress,
): Omit<FiguresOptions, "onWrite"> {
  return {
    schedule: scheduleSeries(run, earlierPlans),
    unit: run.scheduler.tInEpochs ? "epoch" : "update",
    ratesOf: (history) => plannedRates(run, history),
  };
}

function sameBest({ best }: TrainingProgress, other: TrainingProgress["best"]): boolean {
  return best?.epoch === other?.epoch;
}
