/** Training, from arguments to a folder of results. */
import { readdir, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { holdsPastOf, readStates, roleText } from "../checkpoint/find-checkpoint.ts";
import { ORIGINAL } from "../checkpoint/original-file.ts";
import {
  type ClaimedFolder,
  checkExperiment,
  claimFolder,
  createOutputFolder,
  runName,
} from "../checkpoint/output-folder.ts";
import { removeFile, WriteError } from "../files/write-file.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import type { AnswerKind, Metric, Metrics, OutputMetric } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { Best, EpochRow } from "../train/events.ts";
import { fit } from "../train/fit.ts";
import type { FitResult } from "../train/fit-options.ts";
import type { Listener } from "../train/listener.ts";
import { isBetter } from "../train/ranking.ts";
import { DivergedError } from "../update/diverged-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { checkOwnParts } from "./check-own-parts.ts";
import { flagMessage } from "./from-flags.ts";
import { MessageQueue } from "./message-queue.ts";
import { isOnnxPath, onnxName } from "./onnx-path.ts";
import type { TrainingData } from "./open-data.ts";
import { type PreparedRun, prepareRun } from "./prepare-run.ts";
import { addRegisteredFlags, type RegisteredArguments } from "./registered-flags.ts";
import { Releases } from "./releases.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { openResume, type Resume } from "./resume.ts";

/** Options of {@link train}. */
export interface TrainOptions {
  /** Receive every event, in this order, after the listeners that write the run's folder. */
  readonly listeners?: readonly Listener[];
  /** Aborting it ends the run after the current update, with a recovery checkpoint. */
  readonly signal?: AbortSignal;
  /** Images of one's own, in place of those of `dataDir`; `validation` null or absent: none. */
  readonly dataset?: {
    readonly training: TrainingData["training"];
    readonly validation?: TrainingData["validation"];
  };
  /** A model of one's own, in place of the one that `model` names; its outputs are those of the data. */
  readonly model?: Model;
}

/** Result of a run. */
export interface TrainResult {
  /** Absolute path of the output folder; a new run that was stopped before its first update has removed it again. */
  readonly folder: string;
  /** Whether the signal ended the run. */
  readonly interrupted: boolean;
  /** Best metric and its epoch; null when no epoch was finished. */
  readonly best: Best | null;
  /** The metric of each class or output in the best epoch, e.g. the accuracy of each class. */
  readonly byOutput: readonly OutputMetric[];
  /** At most ten epochs, best last, as timm's `--result` prints them. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly train: { readonly loss: number };
    readonly validation?: Metrics;
  }[];
  /** Metrics of a validation, the loss first. */
  readonly metrics: readonly Metric[];
  /** Kind of the model's answers. */
  readonly answers: AnswerKind;
  /** Path of an image to try the model on; null when there is no `model.onnx`. */
  readonly sample: string | null;
  /** Names of the files written, in the folder. */
  readonly files: readonly string[];
}

/**
 * Trains a model as `tsimm train` does.
 *
 * @param given - Arguments, also those of registered definitions; what is absent has the default of its flag.
 * @param options - Listeners, a signal; images and a model of one's own.
 * @throws UsageError for arguments that make no sense; TypeError for options that are none; ListenerError if a listener
 * of the caller's fails; Error for what goes wrong on the way.
 * @example
 * const size = { width: 32, height: 32, channels: 3 } as const;
 * const gray = (level: number) => ({ ...size, data: new Uint8Array(32 * 32 * 3).fill(level) });
 * const images = [gray(0), gray(255), gray(10), gray(240)];
 * const training = memoryDataset({ images, labels: [0, 1, 0, 1], classNames: ["dark", "light"] });
 * const flags = { model: "test_resnet", imgSize: 32, batchSize: 4, epochs: 1, workers: 0, sched: "step" } as const;
 * const { epochs, files } = await train({ ...flags, output: "runs" }, { dataset: { training } });
 * epochs.map(({ epoch }) => epoch); // => [0]
 * files.includes("model.onnx"); // => true
 */
export async function train(
  given: Partial<TrainArguments> & Partial<RegisteredArguments>,
  options: TrainOptions = {},
): Promise<TrainResult> {
  checkOptionNames("train", options, { listeners: true, signal: true, dataset: true, model: true });
  const { listeners = [], signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`train: signal must be an AbortSignal, got ${typeof signal}`);
  }
  const messages = new MessageQueue(listeners);
  addRegisteredFlags();
  checkArguments(given);
  checkOwnParts(given, options);
  const releases = new Releases();
  try {
    return await trainRun(given, options, messages, releases);
  } catch (error) {
    throw await explained(error, given);
  } finally {
    await releases.release();
  }
}

async function trainRun(
  given: Partial<TrainArguments>,
  options: TrainOptions,
  messages: MessageQueue,
  releases: Releases,
): Promise<TrainResult> {
  let run: PreparedRun;
  try {
    if (given.experiment) checkExperiment(given.experiment);
    const resume = given.resume ? await openResume(given.resume, given, messages) : null;
    if (resume?.claimed) releases.add(() => resume.claimed?.lock.release() ?? Promise.resolve());
    run = await prepareRun({ given, resume, options, messages, releases }, (args, config) =>
      claim({ ...args, model: options.model?.name ?? labelOf(args.model) }, given, resume, config),
    );
  } finally {
    // Messages before an error explain it.
    await messages.flush();
  }
  const { folder } = run;
  // Only a run that has removed its files leaves the folder empty; the lock is gone by then.
  releases.addFirst(() => rmdir(folder).catch(() => {}));
  const { listeners = [], signal } = options;
  const result = await fit({
    ...run.fit,
    listeners: [messages.listener, ...run.listeners, ...listeners],
    ...(signal === undefined ? {} : { signal }),
  });
  const nothingTrained = result.outcome === "stopped" && result.progress.update === run.startUpdate;
  if (nothingTrained && run.isNew) await removeStart(folder);
  return await resultOf(run, result);
}

async function resultOf(
  { folder, ranking, finish, fit: { task } }: PreparedRun,
  { outcome, best, history, progress }: FitResult,
): Promise<TrainResult> {
  const value = (row: EpochRow) => row.validation?.[ranking.name] ?? row.trainLoss;
  const bestLast = history.toSorted((a, b) =>
    isBetter(value(a), value(b), ranking) ? 1 : isBetter(value(b), value(a), ranking) ? -1 : 0,
  );
  const epochs = bestLast.slice(-10).map(({ epoch, trainLoss, validation }) => ({
    epoch,
    train: { loss: trainLoss },
    ...(validation === null ? {} : { validation: inOrder(validation, task.metrics) }),
  }));
  const files = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  const { byOutput } = progress;
  return {
    ...{ folder, interrupted: outcome === "stopped", best, byOutput, epochs },
    ...{ metrics: task.metrics, answers: task.answers ?? { kind: "numbers" }, sample: finish.sample, files },
  };
}

/** A state that was read has its metrics in alphabetical order. */
function inOrder(values: Metrics, metrics: readonly Metric[]): Metrics {
  const ordered = metrics.flatMap(({ name }) => {
    const value = values[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { loss: values.loss, ...Object.fromEntries(ordered) };
}

/** A model in the name of a folder. */
function labelOf(model: string): string {
  return isOnnxPath(model) ? onnxName(model) : model;
}

/** Removes what a run writes before its first update, so that the same command can begin it again. */
async function removeStart(folder: string): Promise<void> {
  for (const name of ["args.yaml", "classes.txt", ORIGINAL, "lr.svg", "lr.png"])
    await removeFile(join(folder, name));
}

/** The folder of the run: that of `--resume`, or a new one. */
async function claim(
  args: TrainArguments,
  given: Partial<TrainArguments>,
  resume: Resume | null,
  { inputSize }: PretrainedConfig,
): Promise<ClaimedFolder> {
  if (resume?.claimed) return resume.claimed;
  // Beside the run that it goes on with: a path in a checkpoint from elsewhere is no place to write to.
  const parent =
    resume === null ? args.output || join("output", "train") : given.output || dirname(resume.folder);
  const own = resume?.timm && given.experiment ? resolve(parent, given.experiment) : null;
  if (own !== null && (await holdsPastOf(own, resume?.timm?.rows ?? [])))
    return claimFolder(own, "--experiment");
  const numbered = args.experiment === "";
  const name = numbered ? runName(args.model, inputSize[2], new Date()) : args.experiment;
  return createOutputFolder({ parent, name, numbered, overwrite: args.overwrite });
}

/** An error in the words of the command line. */
async function explained(error: unknown, given: Partial<TrainArguments>): Promise<unknown> {
  const cause = error instanceof Error && error.cause instanceof WriteError ? error.cause : error;
  if (cause instanceof WriteError) return await writeError(cause);
  if (error instanceof DivergedError) return divergedError(error);
  // Errors of library functions name their parameters.
  if (error instanceof Error) {
    const message = error.message
      .replace(/^fit: /, "train: ")
      .replace("rank epochs by", "go on with --resume and --eval-metric");
    error.message = flagMessage(message, "train", resolveArguments(given));
  }
  return error;
}

function divergedError({ loss, gradNorm, position, cause }: DivergedError): Error {
  const { epoch = 0, update = 0, lr = 0 } = position ?? {};
  const kept = epoch > 0 ? ". The last checkpoint is kept" : "";
  return new Error(
    `train: the loss must be finite, got loss ${loss} and gradient norm ${gradNorm} at update ${update} ` +
      `(epoch ${epoch}, learning rate ${lr}); lower --lr, lengthen --warmup-epochs or set --clip-grad 1${kept}`,
    { cause },
  );
}

/** An error of writing, with the way to go on. */
async function writeError(error: WriteError): Promise<Error> {
  const folder = dirname(error.path);
  const { states } = await readStates(folder).catch(() => ({ states: [] }));
  const [newest] = states;
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const kept =
    newest === undefined
      ? "there is no checkpoint yet"
      : `the last checkpoint (${roleText(newest.path)}, epoch ${newest.state.epoch}) is whole`;
  const goOn = `${newest === undefined ? "begin again" : "go on"} with --resume "${printable(folder)}"`;
  const canGoOn = newest !== undefined || names.includes("args.yaml");
  const cure = `${CURES[error.code ?? ""] ?? "check the disk"}, then ${canGoOn ? goOn : "start the same command again"}`;
  return new Error(`train: ${error.message}; ${kept}: ${cure}`, { cause: error });
}

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: "make room",
  EDQUOT: "make room",
  EROFS: "make the folder writable",
  EACCES: "make the folder writable",
  EPERM: "make the folder writable",
};
