/** Training, from arguments to a folder of results: timm's loop in timm's order. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../files/write-file.ts";
import type { Model } from "../models/model.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { resolveArguments, type TrainArguments } from "./arguments.ts";
import { type Best, isBetter } from "./checkpoint-history.ts";
import { evaluate } from "./evaluate.ts";
import { placeSample, writeCurves, writeOnnx, writeSchedule } from "./export.ts";
import { flagMessage } from "./from-flags.ts";
import { scientific, significant } from "./log-format.ts";
import { prepareRun } from "./prepare-run.ts";
import { type Reporter, silent } from "./reporter.ts";
import { meanLr, type Run } from "./run.ts";
import { removeRecoveryCheckpoints, saveEpochCheckpoint, saveRecoveryCheckpoint } from "./save-checkpoint.ts";
import { type EpochRow, type Metrics, summaryCsv } from "./summary.ts";
import { trainEpoch } from "./train-epoch.ts";

/** How training is watched and stopped. */
export interface TrainOptions {
  /** Receives log lines and progress; absent: silence. */
  readonly reporter?: Reporter;
  /** Aborting it ends the run after the current update, with a recovery checkpoint. */
  readonly signal?: AbortSignal;
}

/** What a run came to. */
export interface TrainResult {
  /** Absolute path of the output folder. */
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
 * @throws UsageError for arguments that make no sense; Error for what goes wrong on the way.
 */
export async function train(
  given: Partial<TrainArguments>,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const { reporter = silent, signal = new AbortController().signal } = options;
  try {
    const run = await prepareRun(given, reporter, signal);
    try {
      await writeSchedule(run);
      const finished = await trainEpochs(run);
      return await finish(run, finished);
    } finally {
      await run.close();
    }
  } catch (error) {
    // Errors of library functions name their parameters.
    if (error instanceof Error) error.message = flagMessage(error.message, "train", resolveArguments(given));
    throw error;
  }
}

/** Trains all remaining epochs; false when the signal ended them. */
async function trainEpochs(run: Run): Promise<boolean> {
  const { progress, scheduler, reporter } = run;
  const saveRecovery = async () => {
    reporter.info(`Recovery checkpoint: ${await saveRecoveryCheckpoint(run)}`);
  };
  while (progress.epoch < run.numEpochs) {
    const started = performance.now();
    const validation = (await trainEpoch(run, saveRecovery)) ? await validate(run) : "stopped";
    if (validation === "stopped") {
      await saveRecovery();
      return false;
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
      await writeFileWhole(join(run.folder, "summary.csv"), summaryCsv(progress.rows));
      reporter.info(epochLine(run, row, (performance.now() - started) / 1000));
    }
    progress.epoch += 1;
    progress.batch = 0;
    progress.running = { loss: 0, images: 0 };
  }
  return true;
}

type Validation = Pick<EpochRow, "validation" | "plain">;

async function validate(run: Run): Promise<Validation | "skipped" | "stopped"> {
  const { args, model, ema, progress, numEpochs } = run;
  const last = progress.epoch + 1 === numEpochs;
  if ((progress.epoch + 1) % args.valInterval !== 0 && !last) return "skipped";
  if (run.valLoader === null) return { validation: null, plain: null };
  const plain = await evaluateWeights(run, model.state, "Test");
  const averaged = ema === null ? null : await evaluateWeights(run, ema.state, "Test (EMA)");
  if (plain === "stopped" || averaged === "stopped") return "stopped";
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

async function finish(run: Run, finished: boolean): Promise<TrainResult> {
  const { folder, progress, reporter } = run;
  await writeCurves(run);
  let sample: string | null = null;
  if (finished) {
    await writeOnnx(run);
    sample = await placeSample(run);
    await removeRecoveryCheckpoints(folder);
  }
  const { best } = progress;
  if (best !== null) reporter.info(`*** Best metric: ${best.metric} (epoch ${best.epoch})`);
  const files = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  return { folder, interrupted: !finished, best, epochs: bestLast(run), sample, files };
}

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
