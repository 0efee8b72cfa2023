/** Everything that happens before the first update, in timm's order. */
import { dirname, join, resolve } from "node:path";
import { createScheduler } from "@tsimm/scheduler";
import type { ImageDataset } from "../data/dataset.ts";
import { writeFileWhole } from "../files/write-file.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { createEngine, type EngineName } from "../runtime/create-engine.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import { simulateSchedule } from "../schedule/simulate.ts";
import { type MetricContext, scheduleWarnings } from "../schedule/warnings.ts";
import { UsageError } from "../usage-error.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import { resolveArguments, type TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { dataConfigLines, inputChannels, resolveDataConfig } from "./data-config.ts";
import { fromFlags } from "./from-flags.ts";
import { learningRate } from "./learning-rate.ts";
import { createLoaders, openData } from "./open-data.ts";
import { claimFolder, createOutputFolder, runName } from "./output-folder.ts";
import type { Reporter } from "./reporter.ts";
import { applyCheckpoint, loadInitialWeights, openResume, type Resume } from "./resume.ts";
import type { Run, RunProgress, SampleImage } from "./run.ts";

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
  checkArguments(given);
  const resume = given.resume ? await openResume(given.resume, given, reporter) : null;
  const args = resolveArguments(resume?.saved ?? {}, given);
  const data = await openData(args, reporter);
  const { classNames } = data.training;
  const model = createRunModel(args, classNames.length, reporter);
  if (args.initialCheckpoint !== "" && resume === null)
    await loadInitialWeights(model, args.initialCheckpoint);
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
    const metric = valLoader === null ? "loss" : (args.evalMetric as Run["metric"]);
    const flags = { ...args, lr: rate.lr, evalMetric: metric };
    const { scheduler, numEpochs } = fromFlags("train", args, () =>
      createScheduler(flags, optimizer, { updatesPerEpoch }),
    );
    const target = { args, given, classNames, model, optimizer, scheduler, ema };
    const resumed = resume === null ? null : applyCheckpoint(resume, target);
    const progress = startAt(args.startEpoch, resumed ?? freshProgress(), updatesPerEpoch);
    if (args.startEpoch !== null && args.startEpoch > 0) {
      scheduler.stepUpdate(progress.update);
      scheduler.step(progress.epoch);
    }
    if (progress.epoch >= numEpochs) {
      throw new UsageError(
        `train: --epochs must be more than the ${progress.epoch} that are done, got ${args.epochs}; nothing is left to train`,
      );
    }
    const { numClasses } = model;
    warnAboutSchedule(args, { numEpochs, updatesPerEpoch, metric, numClasses }, reporter);
    reporter.info(scheduleLine(args, numEpochs));
    for (const line of lossLines(args)) reporter.info(line);
    const engine = await createEngine(args.engine as EngineName);
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
    const folder = await outputFolder(args, given, resume, dataConfig);
    await writeFileWhole(join(folder, "args.yaml"), argsYaml(args, savedArgs));
    await writeFileWhole(join(folder, "classes.txt"), classNames.map((name) => `${name}\n`).join(""));
    reporter.info(`Output: ${folder}`);
    return {
      sample: firstSample(data.validation ?? data.training),
      ...{ args, savedArgs, folder, engine, model, dataConfig, classNames, optimizer, scheduler, ema, step },
      ...{ trainLoader, valLoader, numEpochs, updatesPerEpoch, metric, progress, reporter, signal },
      async close() {
        await step.close();
        await loaders.close();
      },
    };
  } catch (error) {
    await loaders.close();
    throw error;
  }
}

function firstSample(dataset: ImageDataset): SampleImage {
  return { path: dataset.samples[0]?.path ?? "", read: () => dataset.read(0) };
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

function freshProgress(): RunProgress {
  return { epoch: 0, update: 0, batch: 0, running: { loss: 0, images: 0 }, rows: [], best: null, kept: [] };
}

function startAt(epoch: number | null, progress: RunProgress, updatesPerEpoch: number): RunProgress {
  if (epoch === null) return progress;
  const rows = progress.rows.filter((row) => row.epoch < epoch);
  return {
    ...progress,
    epoch,
    rows,
    update: epoch * updatesPerEpoch,
    batch: 0,
    running: { loss: 0, images: 0 },
  };
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
  const schedule = simulateSchedule(args, updatesPerEpoch, { command: "train" });
  for (const line of scheduleWarnings(schedule, context)) warn(line);
  const updates = numEpochs * updatesPerEpoch;
  if (args.modelEma && !args.modelEmaWarmup && args.modelEmaDecay ** updates > 0.5) {
    warn(
      `the moving average still holds ${(100 * args.modelEmaDecay ** updates).toFixed(0)} % of the initial weights at the end; lower --model-ema-decay`,
    );
  }
}

async function outputFolder(
  args: TrainArguments,
  given: Partial<TrainArguments>,
  resume: Resume | null,
  { inputSize }: PretrainedConfig,
): Promise<string> {
  if (resume !== null && !given.output && !given.experiment) {
    return claimFolder(resolve(dirname(resume.checkpoint.path)));
  }
  return createOutputFolder({
    parent: args.output === "" ? join("output", "train") : args.output,
    name: args.experiment === "" ? runName(args.model, inputSize[2], new Date()) : args.experiment,
    overwrite: args.overwrite,
  });
}
