/** Validates trained models: log lines on stderr, results on stdout and in files. */
import { createDecodePool, type DecodePool } from "../data/decode-pool.ts";
import { createLoader } from "../data/loader.ts";
import { taskOfFile } from "../predict/file-task.ts";
import { findModels } from "../predict/find-models.ts";
import { runArguments } from "../predict/run-arguments.ts";
import { type ModelValidation, validateModel } from "../predict/validate-model.ts";
import { type ValidationRow, validationLine, validationRow } from "../predict/validation-row.ts";
import { dataConfigLines } from "../recipe/data-config.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { engineLine } from "../runtime/engine-line.ts";
import type { Task } from "../task/task.ts";
import { isBetter } from "../train/ranking.ts";
import { UsageError } from "../usage-error.ts";
import { BatchLog } from "./batch-log.ts";
import type { ValidateOptions } from "./flags/validate-flags.ts";
import { info, warn } from "./log-lines.ts";
import { openForValidation, openImages } from "./open-for-validation.ts";
import { checkModelFlags } from "./open-model.ts";
import { shortPath } from "./short-path.ts";
import {
  checkValidationFiles,
  checkValidationTask,
  perClassLines,
  writeValidation,
} from "./write-validation.ts";

/** timm's. */
const BATCH_SIZE = 256;

/** A model that was validated. */
export interface Validated {
  readonly row: ValidationRow;
  readonly task: Task;
  readonly validation: ModelValidation;
}

/**
 * Validates what `--checkpoint` names: log lines on stderr, timm's `--result` with JSON on stdout.
 *
 * @throws UsageError for flags that do not fit each other, the model or the images; Error for a model that cannot be
 * measured. One of several is a warning, and the exit code is 1.
 */
export async function showValidation(options: ValidateOptions): Promise<void> {
  checkOptions(options);
  const { checkpoint = [] } = options;
  const found = await Promise.all(checkpoint.map((path) => findModels("validate", path, options)));
  const files = options.pretrained ? [null] : found.flatMap((one) => one.files);
  const isList = checkpoint.length > 1 || found.some(({ kind }) => kind === "several");
  const engine = await createEngine(options.engine, { onWarning: warn });
  info(engineLine(engine));
  const pool = createDecodePool(options.workers ?? 4);
  const results: Validated[] = [];
  // timm passes over what it cannot measure of several.
  const failed: Error[] = [];
  try {
    for (const path of files) {
      try {
        results.push(await validateFile(path, { options, engine, pool, isList }));
      } catch (error) {
        if (!isList || error instanceof UsageError) throw error;
        failed.push(error as Error);
        warn((error as Error).message);
      }
    }
  } finally {
    await pool.close();
  }
  const [failure] = failed;
  if (failure !== undefined && results.length === 0) throw failure;
  if (failure !== undefined) process.exitCode = 1;
  results.sort((a, b) => compare(a, b));
  const rows = results.map(({ row }) => row);
  await writeValidation(results, options, isList);
  process.stdout.write(`--result\n${JSON.stringify(isList ? rows : rows[0], null, 4)}\n`);
}

function checkOptions(options: ValidateOptions): void {
  const { checkpoint = [], model, pretrained } = options;
  if (pretrained && (model === undefined || checkpoint.length > 0)) {
    throw new UsageError(
      `validate: --pretrained must come with --model and without --checkpoint, got ${model === undefined ? "no --model" : "both"}`,
    );
  }
  if (checkpoint.length === 0 && !pretrained) {
    throw new UsageError(
      "validate: --checkpoint must be given: a .safetensors or .onnx file, one of PyTorch, the folder of a run, or a folder of such files",
    );
  }
  checkModelFlags("validate", options);
  checkValidationFiles(options);
}

interface FileContext {
  readonly options: ValidateOptions;
  readonly engine: Engine;
  readonly pool: DecodePool;
  readonly isList: boolean;
}

/** @param path - File of the model; null: it has pretrained weights. */
async function validateFile(
  path: string | null,
  { options, engine, pool, isList }: FileContext,
): Promise<Validated> {
  const run = path === null ? {} : await runArguments(path);
  const { trained, dataConfig, changes } = await openForValidation(path, options);
  info(`Model ${trained.architecture} created, param count: ${trained.parameterCount} (${trained.path})`);
  if (trained.average) info("Weights: the moving average; --no-ema takes the plain ones");
  for (const line of dataConfigLines(dataConfig)) info(line);
  if (changes.length > 0) info(`Not as in training: ${changes.join(", ")}`);
  const dataset = await openImages(trained, options, run);
  const task = taskOfFile(trained.task, trained.classNames ?? dataset.classNames, trained.outputs);
  checkValidationTask(task, options);
  const average = options.metricsAvg;
  const images = dataset.samples.length;
  info(
    `Data: ${images} images, ${dataset.classNames.length} ${task.answers?.kind === "class" ? "classes" : "outputs"}, ${dataset.description}`,
  );
  const { mean, std: _, ...transform } = dataConfig;
  const loader = createLoader(dataset, {
    batchSize:
      trained.fixedBatch ?? options.batchSize ?? run.validationBatchSize ?? run.batchSize ?? BATCH_SIZE,
    transform: { training: false, ...transform, mean },
    maxBadImages: options.maxBadImages ?? 0.05,
    ...{ pool, onWarning: warn },
  });
  const log = new BatchLog(task, options.logFreq ?? 10);
  const validation = await validateModel(trained, {
    ...{ engine, loader, task, dataConfig, threads: options.threads },
    onBatch: (batch) => log.show(batch),
  });
  if (validation.unreadable > 0) {
    info(`Test: ${validation.unreadable} of ${images} images cannot be read and do not count`);
  }
  const checkpoint = isList && path !== null ? shortPath(path) : undefined;
  const row = validationRow({ trained, task, dataConfig, validation, average, checkpoint });
  info(validationLine(row, { task, average }));
  if (!isList) for (const line of perClassLines(validation, task)) info(line);
  return { row, task, validation };
}

/** The better one first. */
function compare(a: Validated, b: Validated): number {
  const metric = a.task.metrics.find(({ name }) => name === a.task.metric);
  const [own, other] = [a, b].map(({ validation, task }) => validation.metrics[task.metric] ?? Number.NaN);
  if (metric === undefined || own === undefined || other === undefined || own === other) return 0;
  return isBetter(own, other, metric) ? -1 : 1;
}
