/** The folder of a run: its first files, and the listeners that write the rest. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import { writeOriginal } from "../checkpoint/original-file.ts";
import type { RecordedWays } from "../checkpoint/run-state.ts";
import { CheckpointWriter, type RunFacts } from "../checkpoint/save-checkpoint.ts";
import { updateFile } from "../files/write-file.ts";
import type { FiguresOptions } from "../listeners/figures.ts";
import { modelEntry } from "../models/model-entry.ts";
import { isOnnxModel } from "../models/onnx/is-onnx-model.ts";
import type { Engine } from "../runtime/engine.ts";
import { taskNote } from "../task/default-task.ts";
import type { Listener } from "../train/listener.ts";
import type { TrainingProgress, TrainingState } from "../train/training-state.ts";
import type { ResumedProgress } from "./apply-checkpoint.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import type { TrainArguments } from "./arguments.ts";
import { continueFolder } from "./continue-folder.ts";
import { absolutePlace } from "./data-place.ts";
import type { FinishListener } from "./finish-run.ts";
import { isOnnxPath } from "./onnx-path.ts";
import { plannedRates } from "./planned-rates.ts";
import type { RunData } from "./prepare-data.ts";
import type { ModelParts } from "./prepare-model.ts";
import type { ScheduleParts } from "./prepare-schedule.ts";
import { runListeners } from "./run-listeners.ts";
import { RunReport, type RunReportOptions } from "./run-report.ts";
import type { ClaimFolder, RunRequest } from "./run-request.ts";
import { scheduleSeries } from "./schedule-series.ts";
import { writeTimmStates } from "./write-timm-states.ts";

/** Parts of a run that its folder is written from. */
export interface FolderContents {
  readonly data: RunData;
  readonly parts: ModelParts;
  readonly schedule: ScheduleParts;
  readonly ranking: Ranking;
  readonly engine: Engine;
  /** Ways of the training step; null: the fixed ones. */
  readonly ways: RecordedWays | null;
}

/** A folder that a run can write to. */
export interface PreparedFolder {
  /** Absolute path. */
  readonly folder: string;
  /** Progress that the run goes on from, as the folder has it. */
  readonly progress: TrainingProgress;
  /** Write the folder. */
  readonly listeners: readonly Listener[];
  readonly finish: FinishListener;
  /** Keeps what the report needs; null: there is to be none. */
  readonly report: RunReport | null;
}

/** Claims the folder, writes what there is before the first update, and makes the listeners that write the rest. */
export async function prepareFolder(
  contents: FolderContents,
  request: RunRequest,
  claim: ClaimFolder,
): Promise<PreparedFolder> {
  const { parts, schedule, ranking } = contents;
  const { args, data } = contents.data;
  const { resume, messages, releases } = request;
  const { model, task, dataConfig, average } = parts;
  const savedArgs = savedArguments(args, {
    numClasses: model.numClasses,
    dataDir: args.dataDir === null ? null : absolutePlace(args.dataDir),
    // A name below the images is none of the working folder.
    ...(existsSync(args.classMap) ? { classMap: resolve(args.classMap) } : {}),
    ...(isOnnxPath(args.model) ? { model: resolve(args.model) } : {}),
    ...(ranking.of === "validation" ? { evalMetric: ranking.name } : {}),
  });
  const { folder, lock } = await claim(args, dataConfig);
  if (!resume?.claimed) releases.add(() => lock.release());
  const isElsewhere = (request.given.startEpoch ?? null) !== null;
  const { resumed, numEpochs, checkpoint } = schedule;
  const isDone = checkpoint !== null && !isElsewhere && resumed.progress.epoch === numEpochs;
  // Nothing is trained under the arguments of a run that is done.
  const writeArgs = async () => {
    if (!isDone || resume?.timm) await updateFile(join(folder, "args.yaml"), argsYaml(args, savedArgs));
  };
  // Without the states that come from elsewhere they would make a run that is killed here begin anew.
  const comesFromElsewhere = checkpoint !== null && resume?.folder !== folder;
  if (!comesFromElsewhere) await writeArgs();
  const { classNames } = data.training;
  await updateFile(join(folder, "classes.txt"), classNames.map((name) => `${name}\n`).join(""));
  if (isOnnxModel(model)) await writeOriginal(folder, model.onnx.bytes);
  messages.info(`Output: ${folder}`);

  const facts = runFacts(contents, savedArgs);
  const { progress, kept } = await goOn(folder, facts, contents, request);
  if (comesFromElsewhere) await writeArgs();
  const report = args.report ? new RunReport(folder, reportOf(contents)) : null;
  const { listeners, finish } = runListeners(folder, {
    args,
    checkpoints: { facts, limit: args.checkpointHist, kept },
    figures: figuresOf(args, parts, schedule),
    finish: {
      parts: { model, classNames, dataConfig, average: average !== null, task: taskNote(task) },
      images: data.validation ?? data.training,
      wasDone: isDone,
      report,
    },
  });
  return { folder, progress, listeners, finish, report };
}

/** Brings the folder of a run that goes on to the point where it does. */
async function goOn(
  folder: string,
  facts: RunFacts,
  { data: { args }, parts, schedule, ranking }: FolderContents,
  { given, resume, messages }: RunRequest,
): Promise<Pick<ResumedProgress, "progress" | "kept">> {
  const { progress, kept } = schedule.resumed;
  const { checkpoint } = schedule;
  if (resume === null || checkpoint === null) return { progress, kept };
  const { model, task, optimizer, average } = parts;
  const limit = args.checkpointHist;
  const writer = new CheckpointWriter(folder, { facts, limit, kept });
  const state: TrainingState = {
    ...{ progress, model: model.state, average: average?.state ?? null },
    ...{ optimizer: optimizer.stateDict(), schedule: schedule.scheduler.stateDict() },
  };
  const { timm } = resume;
  // In a new folder the states have the arguments of the run that they come from until an epoch ends.
  const isElsewhere =
    (given.startEpoch ?? null) !== null || (resume.folder !== folder && progress.epoch < schedule.numEpochs);
  // Before the states that it comes from, which have other arguments.
  const start = isElsewhere ? await writer.saveRecovery(state) : null;
  const target = { parts, ranking, outputNames: facts.task.outputNames, noResumeOpt: args.noResumeOpt };
  const continued = timm
    ? await writeTimmStates(folder, timm, checkpoint, { ...target, ...schedule, log: messages })
    : { ...resume, checkpoint };
  const there = await continueFolder(folder, continued, {
    ...{ progress, task, ranking, limit },
    log: timm ? { info() {}, warn: (line) => messages.warn(line) } : messages,
    start,
  });
  const byOutput = sameBest(progress, there.best) ? progress.byOutput : [];
  return { progress: { ...progress, best: there.best, byOutput }, kept: there.kept };
}

function reportOf({ data, parts, engine }: FolderContents): RunReportOptions {
  const { model, task, dataConfig } = parts;
  return { model, task, dataConfig, engine, args: data.args, images: data.data.validation };
}

function runFacts(
  { data, parts, schedule, ranking, engine, ways }: FolderContents,
  args: Readonly<Record<string, unknown>>,
): RunFacts {
  const { model, task, dataConfig, average } = parts;
  const { classNames } = data.data.training;
  return {
    ...{ engine, args, dataConfig, ranking, ways, data: data.digest },
    earlierPlans: schedule.resumed.earlierPlans,
    model: modelEntry(model),
    task: { name: task.name, outputNames: classNames, settings: task.settings },
    weights: average !== null && ranking.of === "validation" ? "ema" : "plain",
    seed: Number(args["seed"]),
  };
}

function figuresOf(
  args: TrainArguments,
  { optimizer }: ModelParts,
  { resumed, ...schedule }: ScheduleParts,
): Omit<FiguresOptions, "onWrite"> {
  const run = { args, optimizer, ...schedule };
  return {
    schedule: scheduleSeries(run, resumed.earlierPlans),
    unit: run.scheduler.tInEpochs ? "epoch" : "update",
    ratesOf: (history) => plannedRates(run, history),
  };
}

function sameBest({ best }: TrainingProgress, other: TrainingProgress["best"]): boolean {
  return best?.epoch === other?.epoch;
}
