/** Training, from arguments to a folder of results: timm's loop in timm's order. */
import { readdir, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Best, isBetter } from "../checkpoint/checkpoint-history.ts";
import { readStates, roleText } from "../checkpoint/find-checkpoint.ts";
import {
  removeRecoveryCheckpoints,
  saveEpochCheckpoint,
  saveRecoveryCheckpoint,
} from "../checkpoint/save-checkpoint.ts";
import { removeFile, WriteError } from "../files/write-file.ts";
import { placeSample, writeCurves, writeOnnx, writeSchedule } from "../listeners/export.ts";
import { scientific, significant } from "../listeners/log-format.ts";
import { type Reporter, silent } from "../listeners/reporter.ts";
import type { EpochRow, Metrics } from "../listeners/summary.ts";
import type { Model } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { printable } from "../text/printable.ts";
import { evaluate } from "../train/evaluate.ts";
import { meanLr, type Run } from "../train/run.ts";
import { trainEpoch } from "../train/train-epoch.ts";
import { resolveArguments, type TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { flagMessage } from "./from-flags.ts";
import { prepareRun } from "./prepare-run.ts";

/** How training is watched and stopped. */
export interface TrainOptions {
  /** Receives log lines and progress; absent: silence. */
  readonly reporter?: Reporter;
  /** Aborting it ends the run after the current update, with a recovery checkpoint. */
  readonly signal?: AbortSignal;
}

/** What a run came to. */
export interface TrainResult {
  /** Absolute path of the output folder; a new run that was stopped before its first update has removed it again. */
  readonly folder: string;
  /** Whether the signal ended the run. */
  readonly interrupted: boolean;
  /** Best metric and its epoch; null when no epoch was finished. */
  readonly best: Best | null;
  /** At most ten epochs, best last, as timm's `--result` prints them. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly train: { readonly loss: number };
    readonly validation?: Metrics;
  }[];
  /** Path of an image to try the model on; null when there is no `model.onnx`. */
  readonly sample: string | null;
  /** Names of the files written, in the folder. */
  readonly files: readonly string[];
}

/**
 * Trains a model as `tsimm train` does.
 *
 * @param given - Arguments; what is absent has the default of the table of flags.
 * @param options - Watching and stopping.
 * @throws UsageError for arguments that make no sense; TypeError for a reporter or signal that is none; Error for what
 * goes wrong on the way.
 */
export async function train(
  given: Partial<TrainArguments>,
  options: TrainOptions = {},
): Promise<TrainResult> {
  checkOptionNames("train", options, { reporter: true, signal: true });
  const { reporter = silent, signal = new AbortController().signal } = options;
  checkReporter(reporter);
  if (!(signal instanceof AbortSignal)) {
    throw new TypeError(`train: signal must be an AbortSignal, got ${typeof signal}`);
  }
  checkArguments(given);
  try {
    return await trainRun(await prepareRun(given, reporter, signal));
  } catch (error) {
    if (error instanceof WriteError) throw await explained(error);
    // Errors of library functions name their parameters.
    if (error instanceof Error) error.message = flagMessage(error.message, "train", resolveArguments(given));
    throw error;
  }
}

function checkReporter(reporter: Reporter): void {
  for (const [name, method] of Object.entries(silent)) {
    const got = typeof reporter?.[name as keyof Reporter];
    if (got !== typeof method) {
      throw new TypeError(`train: reporter.${name} must be a function, got ${got}`);
    }
  }
}

async function trainRun(run: Run): Promise<TrainResult> {
  try {
    const begun = run.progress.epoch;
    await writeSchedule(run);
    const ended = await trainEpochs(run);
    if (ended === "nothing trained" && run.isNew) await removeStart(run.folder);
    return await finish(run, { finished: ended === "finished", done: begun >= run.numEpochs });
  } finally {
    await run.close();
    // Only a run that has removed its files leaves the folder empty.
    await rmdir(run.folder).catch(() => {});
  }
}

/** Trains all remaining epochs, unless the signal ends them. */
async function trainEpochs(run: Run): Promise<"finished" | "stopped" | "nothing trained"> {
  const { progress, scheduler, reporter, signal } = run;
  const saveRecovery = async () => {
    reporter.info(`Recovery checkpoint: ${await saveRecoveryCheckpoint(run)}`);
  };
  await nextTurn();
  if (signal.aborted && progress.epoch < run.numEpochs) return "nothing trained";
  while (progress.epoch < run.numEpochs) {
    const started = performance.now();
    const validation = (await trainEpoch(run, saveRecovery)) ? await validate(run) : "stopped";
    if (validation === "stopped") {
      await saveRecovery();
      return "stopped";
    }
    if (validation === "skipped") {
      reporter.info("Skipping eval and checkpointing");
      scheduler.step(progress.epoch + 1, null);
    } else {
      const row = {
        epoch: progress.epoch,
        trainLoss: meanLoss(run),
        lr: meanLr(run.optimizer),
        ...validation,
      };
      progress.rows = [...progress.rows, row];
      const metric = row.validation?.[run.metric] ?? row.trainLoss;
      scheduler.step(progress.epoch + 1, metric);
      const plateau = plateauLine(run);
      if (plateau !== null) reporter.info(plateau);
      await saveEpochCheckpoint(run, metric);
      reporter.info(epochLine(run, row, (performance.now() - started) / 1000));
    }
    progress.epoch += 1;
    progress.batch = 0;
    progress.running = { loss: 0, images: 0 };
  }
  return "finished";
}

type Validation = Pick<EpochRow, "validation" | "plain">;

async function validate(run: Run): Promise<Validation | "skipped" | "stopped"> {
  const { args, model, ema, progress, numEpochs } = run;
  const last = progress.epoch + 1 === numEpochs;
  if ((progress.epoch + 1) % args.valInterval !== 0 && !last) return "skipped";
  if (run.valLoader === null) return { validation: null, plain: null };
  const started = performance.now();
  const plain = await evaluateWeights(run, model.state, "Test");
  const averaged = ema === null ? null : await evaluateWeights(run, ema.state, "Test (EMA)");
  if (plain === "stopped" || averaged === "stopped") return "stopped";
  run.clock.setValidation((performance.now() - started) / 1000);
  return averaged === null ? { validation: plain, plain: null } : { validation: averaged, plain };
}

async function evaluateWeights(
  { args, engine, model, dataConfig, valLoader, progress, numEpochs, reporter, signal }: Run,
  state: Model["state"],
  name: string,
): Promise<Metrics | "stopped"> {
  if (valLoader === null) return "stopped";
  const [, height, width] = dataConfig.inputSize;
  const evaluation = await createEvaluation(
    engine,
    { ...model, state },
    {
      batchSize: Math.min(args.validationBatchSize ?? args.batchSize, valLoader.samples),
      height,
      width,
      input: "uint8",
      mean: dataConfig.mean,
      std: dataConfig.std,
      ...(args.threads === null ? {} : { threads: args.threads }),
    },
  );
  try {
    const metrics = await evaluate(evaluation, valLoader, {
      numClasses: model.numClasses,
      epoch: progress.epoch,
      epochs: numEpochs,
      logInterval: args.logInterval,
      name,
      reporter,
      signal,
    });
    return metrics ?? "stopped";
  } finally {
    await evaluation.close();
  }
}

/** @param end - `finished`: all epochs are done; `done`: they were already when the run went on. */
async function finish(
  run: Run,
  { finished, done }: { readonly finished: boolean; readonly done: boolean },
): Promise<TrainResult> {
  const { folder, progress, reporter, numEpochs } = run;
  const written = await writeCurves(run);
  let sample: string | null = null;
  if (finished) {
    written.push(...(await writeOnnx(run)));
    sample = await placeSample(run);
    const removed = await removeRecoveryCheckpoints(folder);
    if (done) {
      const changes = [
        ...(written.length > 0 ? [`wrote ${written.join(", ")}`] : []),
        ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
      ];
      const state = changes.length === 0 ? "the run is complete" : `completed the run: ${changes.join("; ")}`;
      reporter.info(`All ${numEpochs} epochs are done, ${state}`);
    }
  }
  const { best } = progress;
  if (best !== null) reporter.info(`*** Best metric: ${best.metric} (epoch ${best.epoch})`);
  const files = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  return { folder, interrupted: !finished, best, epochs: bestLast(run), sample, files };
}

/** Removes what a run writes before its first update, so that the same command can begin it again. */
async function removeStart(folder: string): Promise<void> {
  for (const name of ["args.yaml", "classes.txt", "lr.svg", "lr.png"]) await removeFile(join(folder, name));
}

/** An error of writing, with the way to go on. */
async function explained(error: WriteError): Promise<Error> {
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

function bestLast({ progress, metric }: Run): TrainResult["epochs"] {
  const value = (row: EpochRow) => row.validation?.[metric] ?? row.trainLoss;
  const decreasing = metric === "loss";
  const worstFirst = progress.rows.toSorted((a, b) =>
    isBetter(value(a), value(b), decreasing) ? 1 : isBetter(value(b), value(a), decreasing) ? -1 : 0,
  );
  return worstFirst.slice(-10).map(({ epoch, trainLoss, validation }) => ({
    epoch,
    train: { loss: trainLoss },
    ...(validation === null ? {} : { validation }),
  }));
}

function plateauLine({ args, scheduler, metric }: Run): string | null {
  const { plateau } = scheduler.stateDict();
  if (plateau === undefined) return null;
  const best = plateau.best === null ? "none yet" : String(plateau.best);
  const bad = `${plateau.numBadEpochs} of ${args.patienceEpochs} bad epochs`;
  return `Plateau: best ${metric} ${best}, ${bad}, cooldown ${plateau.cooldownCounter}`;
}

function meanLoss({ progress }: Run): number {
  return progress.running.loss / progress.running.images;
}

function epochLine({ numEpochs }: Run, row: EpochRow, seconds: number): string {
  const { validation } = row;
  const metrics =
    validation === null
      ? ""
      : `, validation loss ${significant(validation.loss)}, top-1 ${validation.top1.toFixed(2)} %`;
  return `Epoch ${row.epoch + 1}/${numEpochs}: loss ${significant(row.trainLoss)}${metrics}, lr ${scientific(row.lr)}, ${seconds.toFixed(1)} s`;
}
