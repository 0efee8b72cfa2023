/** Everything that happens before the first update, in timm's order. */
import { dirname, join, resolve } from "node:path";
import { createScheduler } from "@tsimm/scheduler";
import { dataDigest } from "../checkpoint/data-digest.ts";
import {
  type ClaimedFolder,
  checkExperiment,
  createOutputFolder,
  runName,
} from "../checkpoint/output-folder.ts";
import { continueFolder } from "../checkpoint/restore-folder.ts";
import type { ImageDataset } from "../data/dataset.ts";
import { decodeImage } from "../data/decode.ts";
import { updateFile } from "../files/write-file.ts";
import type { Reporter } from "../listeners/reporter.ts";
import { RunClock } from "../listeners/run-clock.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type MetricContext, scheduleWarnings } from "../preview/warnings.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import type { Run, RunProgress, SampleImage } from "../train/run.ts";
import { UsageError } from "../usage-error.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import { resolveArguments, type TrainArguments } from "./arguments.ts";
import { chooseMetric } from "./choose-metric.ts";
import { dataConfigLines, inputChannels, resolveDataConfig } from "./data-config.ts";
import { demoArguments } from "./demo.ts";
import { flagWords } from "./flag-words.ts";
import { fromFlags } from "./from-flags.ts";
import { learningRate } from "./learning-rate.ts";
import { createLoaders, openData } from "./open-data.ts";
import { refuseNegativeRates } from "./refuse-negative-rates.ts";
import { applyCheckpoint, checkData, loadInitialWeights, openResume, type Resume } from "./resume.ts";
import type { ScheduleTarget } from "./resume-schedule.ts";
import { simulateRun } from "./simulate-run.ts";
import { smallSetAdvice } from "./small-set.ts";

const CLASSIFICATION = { names: ["loss", "top1", "top5"], own: "top1" } as const;

/**
 * Checks arguments, opens the data, builds model, optimizer and schedule, restores a checkpoint, makes the output
 * folder.
 *
 * @throws UsageError for arguments that make no sense. Nothing has been written when it throws.
 */
export async function prepareRun(
  given: Partial<TrainArguments>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Run> {
  if (given.experiment) checkExperiment(given.experiment);
  const resume = given.resume ? await openResume(given.resume, given, reporter) : null;
  try {
    return await prepare(given, resume, reporter, signal);
  } catch (error) {
    await resume?.claimed?.lock.release();
    throw error;
  }
}

async function prepare(
  given: Partial<TrainArguments>,
  resume: Resume | null,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Run> {
  const checkpoint = resume?.checkpoint ?? null;
  const demo = resume === null && !given.dataDir ? demoArguments(given) : {};
  const args = resolveArguments(resume?.saved ?? {}, demo, given);
  const data = await openData(args, reporter);
  const digest = await dataDigest(data);
  if (checkpoint !== null) checkData(checkpoint, digest, reporter);
  const { classNames, samples } = data.training;
  if (Object.keys(demo).length > 0) reporter.info(`Settings of the demo: ${flagWords(demo)}`);
  const advice = resume === null ? smallSetAdvice(samples.length, given) : null;
  if (advice !== null) reporter.info(advice);
  const model = createRunModel(args, classNames.length, reporter);
  if (args.initialCheckpoint !== "" && checkpoint === null) await loadInitialWeights(model, args, reporter);
  const dataConfig = resolveDataConfig(args, model.pretrainedCfg);
  for (const line of dataConfigLines(dataConfig)) reporter.info(line);
  warnAboutSmallInput(model, dataConfig, reporter);
  const rate = learningRate(args);
  if (rate.explanation !== null) reporter.info(rate.explanation);
  const optimizer = createRunOptimizer(args, rate.lr, model, reporter);
  const ema = args.modelEma
    ? fromFlags("train", args, () => {
        return new ModelEma(model, { decay: args.modelEmaDecay, warmup: args.modelEmaWarmup });
      })
    : null;
  const loaders = fromFlags("train", args, () => createLoaders(data, args, dataConfig, reporter));
  const { trainLoader, valLoader } = loaders;
  try {
    const updatesPerEpoch = Math.ceil(trainLoader.length / args.gradAccumSteps);
    const metric = valLoader === null ? "loss" : chooseMetric(args.evalMetric, true, CLASSIFICATION);
    const flags = { ...args, lr: rate.lr, evalMetric: metric };
    const { scheduler, numEpochs } = fromFlags("train", args, () =>
      createScheduler(flags, optimizer, { updatesPerEpoch }),
    );
    const target = { args, given, classNames, model, optimizer, scheduler, ema, updatesPerEpoch, reporter };
    const progress =
      checkpoint === null
        ? startAt(args.startEpoch ?? 0, target)
        : applyCheckpoint({ checkpoint, saved: resume?.saved ?? {} }, target);
    const isElsewhere = (given.startEpoch ?? null) !== null;
    const done = checkpoint !== null && !isElsewhere && progress.epoch === numEpochs;
    if (progress.epoch >= numEpochs && !done) {
      throw new UsageError(
        `train: --epochs must be more than the ${progress.epoch} that are done, got ${args.epochs}; nothing is left to train`,
      );
    }
    if (progress.batch > trainLoader.length) {
      throw new UsageError(
        `train: --resume must be at a batch of the ${trainLoader.length} of an epoch, got ${progress.batch} in ${checkpoint?.path}`,
      );
    }
    if (progress.running.images > progress.batch * args.batchSize) {
      throw new UsageError(
        `train: --resume must hold the losses of at most ${progress.batch * args.batchSize} images, got ${progress.running.images} in ${checkpoint?.path}`,
      );
    }
    const from = args.schedOnUpdates ? progress.update : progress.epoch;
    refuseNegativeRates(args, { command: "train", updatesPerEpoch, from });
    const { numClasses } = model;
    warnAboutSchedule(args, { numEpochs, updatesPerEpoch, metric, numClasses }, reporter);
    reporter.info(scheduleLine(args, numEpochs));
    for (const line of lossLines(args)) reporter.info(line);
    const engine = await createEngine(args.engine, { onWarning: reporter.warn });
    const [, height, width] = dataConfig.inputSize;
    const step = await createTrainingStep(engine, model, {
      batchSize: args.batchSize,
      ...{ height, width, mean: dataConfig.mean, std: dataConfig.std },
      input: "uint8",
      seed: args.seed,
      ...(args.threads === null ? {} : { threads: args.threads }),
    });
    reporter.info(`Engine: ${engine.name} (ONNX Runtime ${engine.version})`);
    const savedArgs = savedArguments(args, {
      numClasses: model.numClasses,
      dataDir: args.dataDir === null ? null : resolve(args.dataDir),
    });
    const { folder, lock } = resume?.claimed ?? (await newFolder(args, given, resume, dataConfig));
    try {
      // Nothing is trained under the arguments of a run that is done.
      if (!done) await updateFile(join(folder, "args.yaml"), argsYaml(args, savedArgs));
      await updateFile(join(folder, "classes.txt"), classNames.map((name) => `${name}\n`).join(""));
      reporter.info(`Output: ${folder}`);
      const run: Run = {
        sample: () => readableSample(data.validation ?? data.training),
        ...{
          args,
          savedArgs,
          folder,
          engine,
          model,
          dataConfig,
          classNames,
          optimizer,
          scheduler,
          ema,
          step,
        },
        ...{ trainLoader, valLoader, numEpochs, updatesPerEpoch, metric, progress, reporter, signal },
        data: digest,
        isNew: resume === null,
        clock: new RunClock({
          ...{ numEpochs, updatesPerEpoch, valInterval: args.valInterval },
          updateImages: args.batchSize * args.gradAccumSteps,
          validationImages: (valLoader?.samples ?? 0) * (ema === null ? 1 : 2),
        }),
        async close() {
          await step.close();
          await loaders.close();
          await lock.release();
        },
      };
      if (resume !== null && checkpoint !== null) {
        await continueFolder(run, { ...resume, checkpoint }, isElsewhere);
      }
      return run;
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    await loaders.close();
    throw error;
  }
}

/** The first image that can be read. */
async function readableSample(dataset: ImageDataset): Promise<SampleImage | null> {
  for (const [index, { path }] of dataset.samples.entries()) {
    try {
      const bytes = await dataset.read(index);
      await decodeImage(bytes, 3);
      return { path, bytes };
    } catch {
      // The next one.
    }
  }
  return null;
}

function createRunModel(args: TrainArguments, classes: number, { info, warn }: Reporter): Model {
  if (args.numClasses !== null && args.numClasses < classes) {
    throw new UsageError(
      `train: --num-classes must be at least the ${classes} of the training folder, got ${args.numClasses}`,
    );
  }
  if (args.dropConnect !== null) {
    warn(
      args.dropPath === null
        ? "--drop-connect is the old name of --drop-path and acts as it"
        : "--drop-connect is the old name of --drop-path, which is given too and wins",
    );
  }
  const options = {
    numClasses: args.numClasses ?? classes,
    inChans: inputChannels(args),
    imgSize: args.inputSize?.[1] ?? args.imgSize,
    dropRate: args.drop,
    dropPathRate: args.dropPath ?? args.dropConnect,
    seed: args.seed,
  };
  const model = fromFlags("train", args, () => createModel(args.model, options));
  const count = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  info(`Model ${model.name} created, param count:${count}`);
  return model;
}

function createRunOptimizer(args: TrainArguments, lr: number, model: Model, { info }: Reporter): Optimizer {
  const { opt, weightDecay, momentum, optEps, optBetas } = args;
  const { layerDecay, layerDecayMinScale, layerDecayNoOptScale } = args;
  const layers = { layerDecay, layerDecayMinScale, layerDecayNoOptScale };
  const flags = { opt, lr, weightDecay, momentum, optEps, optBetas, ...layers };
  const optimizer = fromFlags("train", args, () => createOptimizer(flags, model));
  const [group] = optimizer.paramGroups;
  const {
    params: _params,
    initialLr: _initialLr,
    weightDecay: _groupDecay,
    ...options
  } = group ?? { params: [] };
  const shown = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  info(`Created ${optimizer.name} optimizer: ${shown.join(", ")}, weightDecay: ${weightDecay}`);
  return optimizer;
}

function startAt(epoch: number, { scheduler, updatesPerEpoch }: ScheduleTarget): RunProgress {
  const update = epoch * updatesPerEpoch;
  if (epoch > 0 && scheduler.tInEpochs) scheduler.step(epoch);
  else if (epoch > 0) scheduler.stepUpdate(update);
  const running = { loss: 0, images: 0 };
  return { epoch, update, batch: 0, running, rows: [], best: null, kept: [], earlierPlans: [] };
}

function scheduleLine(args: TrainArguments, numEpochs: number): string {
  const how = args.warmupPrefix
    ? "(warmup_epochs + epochs + cooldown_epochs). Warmup added to total when warmup_prefix=True"
    : "(epochs + cooldown_epochs). Warmup within epochs when warmup_prefix=False";
  return `Scheduled epochs: ${numEpochs} ${how}. LR stepped per ${args.schedOnUpdates ? "update" : "epoch"}.`;
}

/** Why the training loss may stay above the validation loss. */
function lossLines(args: TrainArguments): string[] {
  const reasons = [
    ...(args.mixup > 0 ? ["mixup"] : []),
    ...(args.cutmix > 0 || args.cutmixMinmax !== null ? ["CutMix"] : []),
    ...(args.smoothing > 0 ? [`label smoothing ${args.smoothing}`] : []),
    ...(args.noAug ? [] : ["augmentation"]),
    ...(args.drop > 0 ? [`dropout ${args.drop}`] : []),
    ...((args.dropPath ?? args.dropConnect ?? 0) > 0 ? ["drop path"] : []),
  ];
  return reasons.length === 0
    ? []
    : [`Raised in the training loss, not in validation: ${reasons.join(", ")}`];
}

function warnAboutSmallInput({ name }: Model, { inputSize }: PretrainedConfig, { warn }: Reporter): void {
  const side = Math.min(inputSize[1], inputSize[2]);
  if (side < 64 && /^resnet\d+$/.test(name)) {
    warn(
      `${name} shrinks its input 32 times and learns poorly from ${side} pixels; --img-size 64 or more helps`,
    );
  }
}

function warnAboutSchedule(
  args: TrainArguments,
  { numEpochs, updatesPerEpoch, ...context }: Pick<Run, "numEpochs" | "updatesPerEpoch"> & MetricContext,
  { warn }: Reporter,
): void {
  const schedule = simulateRun(args, updatesPerEpoch, { command: "train" });
  for (const line of scheduleWarnings(schedule, context)) warn(line);
  const updates = numEpochs * updatesPerEpoch;
  if (args.modelEma && !args.modelEmaWarmup && args.modelEmaDecay ** updates > 0.5) {
    warn(
      `the moving average still holds ${(100 * args.modelEmaDecay ** updates).toFixed(0)} % of the initial weights at the end; lower --model-ema-decay`,
    );
  }
}

async function newFolder(
  args: TrainArguments,
  given: Partial<TrainArguments>,
  resume: Resume | null,
  { inputSize }: PretrainedConfig,
): Promise<ClaimedFolder> {
  // Beside the run that it goes on with: a path in somebody else's checkpoint is no place to write to.
  const parent =
    resume === null ? args.output || join("output", "train") : given.output || dirname(resume.folder);
  const numbered = args.experiment === "";
  const name = numbered ? runName(args.model, inputSize[2], new Date()) : args.experiment;
  return createOutputFolder({ parent, name, numbered, overwrite: args.overwrite });
}
