/** Everything that happens before the first update, in timm's order. */
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import type { RecordedWays } from "../checkpoint/run-state.ts";
import { engineChange } from "../checkpoint/software.ts";
import type { MixupOptions } from "../data/mixup.ts";
import type { RandomErasingOptions } from "../data/random-erasing.ts";
import { hasGraph } from "../optim/optimizer-on-device.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { engineLine } from "../runtime/engine-line.ts";
import { printable } from "../text/printable.ts";
import type { FitLoopOptions } from "../train/fit-options.ts";
import { createUpdater, type Updater } from "../update/updater.ts";
import type { TrainArguments } from "./arguments.ts";
import { erasingSplits, imagesOfBatch } from "./augmentation-splits.ts";
import { chooseRanking } from "./choose-metric.ts";
import { fromFlags } from "./from-flags.ts";
import { isGiven } from "./given.ts";
import { prepareHeadOnly } from "./head-only.ts";
import { createLoaders, type TrainingLoaders } from "./open-data.ts";
import { prepareData, type RunData } from "./prepare-data.ts";
import { type PreparedFolder, prepareFolder } from "./prepare-folder.ts";
import { type ModelParts, prepareModel } from "./prepare-model.ts";
import { prepareSchedule, type ScheduleParts } from "./prepare-schedule.ts";
import { prepareWays } from "./prepare-ways.ts";
import { erases } from "./random-erasing.ts";
import type { ClaimFolder, RunRequest } from "./run-request.ts";

/** A run that can begin. */
export interface PreparedRun extends Omit<PreparedFolder, "progress" | "report"> {
  /** Arguments of `fit`, without listeners and signal. */
  readonly fit: { readonly updater: Updater } & Omit<FitLoopOptions, "listeners" | "signal">;
  readonly ranking: Ranking;
  /** Whether the run began now, not from what an earlier one has left. */
  readonly isNew: boolean;
  /** Updates made before. */
  readonly startUpdate: number;
}

/**
 * Checks arguments, opens the data, builds model, task, optimizer and schedule, restores a checkpoint, makes the output
 * folder.
 *
 * @throws UsageError for arguments that make no sense. Nothing has been written when it throws.
 */
export async function prepareRun(request: RunRequest, claim: ClaimFolder): Promise<PreparedRun> {
  const { updater, loop, ...start } = await prepareStart(request);
  const { data, parts, loaders, ranking, schedule } = start;
  const { args } = data;
  const { progress, report, ...written } = await prepareFolder(start, request, claim);
  return {
    ...{ ...written, ranking, isNew: request.resume === null, startUpdate: progress.update },
    fit: {
      ...{ updater, task: parts.task, loader: loaders.trainLoader, validation: loaders.valLoader },
      ...{ epochs: schedule.numEpochs, schedule: schedule.scheduler },
      ...loop,
      ...{ valInterval: args.valInterval, recoveryInterval: args.recoveryInterval },
      ...{ logInterval: args.logInterval, unfreezeAt: args.unfreezeAt, resume: { progress } },
      ...(report === null ? {} : { onOutputs: report.onOutputs }),
      ...(ranking.of === "validation" ? { metric: ranking.name } : {}),
    },
  };
}

/** A run before its folder: everything that trains. */
export interface PreparedStart {
  readonly data: RunData;
  readonly parts: ModelParts;
  readonly loaders: TrainingLoaders;
  readonly ranking: Ranking;
  readonly schedule: ScheduleParts;
  readonly engine: Engine;
  /** Ways of the training step; null: the fixed ones. */
  readonly ways: RecordedWays | null;
  readonly updater: Updater;
  /** Options of the loop that change what is trained on. */
  readonly loop: Pick<FitLoopOptions, "gradAccumSteps" | "seed" | "mixing" | "mixingOffEpoch" | "erasing">;
}

/**
 * Checks arguments, opens the data, builds model, task, optimizer and schedule, restores a checkpoint. Nothing is written.
 *
 * @throws UsageError for arguments that make no sense.
 */
export async function prepareStart(request: RunRequest): Promise<PreparedStart> {
  const { resume, messages, releases } = request;
  const data = await prepareData(request);
  const { args } = data;
  const parts = await prepareModel(args, data.data, request);
  const { task } = parts;
  const head = args.headOnly ? await prepareHeadOnly(data.data, args, parts, messages) : null;
  const loaders =
    head?.loaders ??
    fromFlags("train", args, () => createLoaders(data.data, args, parts.dataConfig, messages));
  releases.add(() => loaders.close());
  const isAsked = isGiven(request.given, "evalMetric");
  const isValidated = loaders.valLoader !== null;
  const ranking = chooseRanking(args.evalMetric, task, { isGiven: isAsked, isValidated });
  const schedule = prepareSchedule({ data, parts, ranking, loaders }, request);
  await messages.flush();
  const { optimizer } = parts;
  const hostOnly = hasGraph(optimizer)
    ? {}
    : { hostOnly: `optimizer "${optimizer.name}" has no graph for a device` };
  const engine = await createEngine(args.engine, { onWarning: messages.warn, ...hostOnly });
  const ways = head === null ? await prepareWays(engine, args, parts, request) : null;
  const withWays = ways === null ? engine : { ...engine, ways: ways.choices };
  const updater = await (head?.createUpdater(engine) ?? makeUpdater(withWays, args, parts));
  releases.add(() => updater.close());
  messages.info(engineLine(engine));
  const change = resume?.checkpoint ? engineChange(resume.checkpoint.state.software, engine) : null;
  if (change !== null) messages.info(printable(change));
  return {
    ...{ data, parts, loaders, ranking, schedule, engine, ways, updater },
    loop: {
      ...{ gradAccumSteps: args.gradAccumSteps, seed: args.seed },
      ...{ mixing: head === null ? mixingOf(args) : null, mixingOffEpoch: args.mixupOffEpoch },
      erasing: head === null ? erasingOf(args, parts) : null,
    },
  };
}

function makeUpdater(
  engine: Engine,
  args: TrainArguments,
  { model, task, frozen, optimizer, average, dataConfig }: ModelParts,
): Promise<Updater> {
  const { seed, clipGrad, clipMode, threads } = args;
  const batchSize = imagesOfBatch(args);
  const { inputSize, mean, std } = dataConfig;
  const [, height, width] = inputSize;
  return createUpdater(engine, {
    ...{ model, optimizer, average, frozen, loss: task.loss, seed, clipGrad, clipMode },
    ...{ batchSize, height, width, input: "uint8", mean, std },
    ...(erases(args) ? { trainingInput: "float32" as const } : {}),
    ...(threads === null ? {} : { threads }),
  });
}

function mixingOf(args: TrainArguments): MixupOptions {
  const { mixup, cutmix, cutmixMinmax, mixupProb, mixupSwitchProb, mixupMode } = args;
  const settings = { mixup, cutmix, mixupProb, mixupSwitchProb, mixupMode };
  return { ...settings, cutmixMinmax: cutmixMinmax ?? undefined };
}

function erasingOf(
  args: TrainArguments,
  { dataConfig: { mean, std } }: ModelParts,
): RandomErasingOptions | null {
  const { reprob, remode, recount } = args;
  return erases(args) ? { reprob, remode, recount, numSplits: erasingSplits(args), mean, std } : null;
}
