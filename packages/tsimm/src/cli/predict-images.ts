/** Tells what models say of images: a line each, or tables. */
import { mkdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { IMAGE_LIMIT, readRegularFile } from "../files/read-file.ts";
import { writeFileWhole } from "../files/write-file.ts";
import {
  type AnswerFormat,
  type AnswerTable,
  answerTable,
  formatAnswers,
  type ImageAnswers,
} from "../predict/answer-table.ts";
import { answerText } from "../predict/answer-text.ts";
import type { Classifier } from "../predict/classifier.ts";
import { type Ensemble, ensembleOf } from "../predict/ensemble.ts";
import { findModels } from "../predict/find-models.ts";
import { loadClassifier } from "../predict/load-classifier.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { engineLine } from "../runtime/engine-line.ts";
import type { Answer, Task } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { reasonNotRead } from "../weights/read-weights-file.ts";
import type { PredictOptions } from "./commands/predict.ts";
import type { AnswerTableFlags } from "./flags/predict-flags.ts";
import { imageFiles } from "./image-files.ts";

/**
 * Writes the answers to stdout and to the files that are asked for.
 *
 * @throws UsageError for flags that do not fit each other or the models; Error for a model that cannot be loaded. An image
 * that cannot be read is a warning, and the exit code is 1.
 */
export async function predictImages(
  images: readonly string[],
  options: PredictOptions,
  flags: AnswerTableFlags,
): Promise<void> {
  if (flags.json && flags.csv) throw new UsageError("predict: --json must be absent beside --csv, got both");
  const files = (await Promise.all(images.map(imageFiles))).flat();
  const engine = await createEngine(options.engine as "auto", {
    onWarning: (message) => process.stderr.write(`WARNING: ${message}\n`),
  });
  if (engine.device !== undefined) process.stderr.write(`${engineLine(engine)}\n`);
  const models: Classifier[] = [];
  for (const path of await modelFiles(options)) {
    models.push(await loadModel(path, options, engine));
  }
  if (models.length > 1) process.stderr.write(`Answers: the mean of ${models.length} models\n`);
  const ensemble = ensembleOf("predict", models);
  const isTable = hasTable(flags);
  const found: ImageAnswers[] = [];
  let failed = 0;
  for (const file of files) {
    try {
      const bytes = await readRegularFile(file, { limit: IMAGE_LIMIT });
      const answers = await answersOf(ensemble, bytes, options, flags);
      if (isTable) found.push({ file, answers });
      else process.stdout.write(`${printable(`${file}: ${textOf(ensemble.task, answers, flags)}`)}\n`);
    } catch (error) {
      failed++;
      process.stderr.write(`WARNING: ${printable(`${file}: ${(error as Error).message.trim()}`)}\n`);
    }
  }
  for (const model of models) await model.close();
  if (isTable) await writeTable(ensemble.task, models, found, flags);
  if (failed > 0) process.exitCode = 1;
}

/** Whether the answers are printed or written as a table. */
function hasTable(flags: AnswerTableFlags): boolean {
  const { json, csv, resultsDir, resultsFile, resultsFormat } = flags;
  return [json, csv, resultsDir, resultsFile, resultsFormat].some(
    (flag) => flag !== undefined && flag !== false,
  );
}

async function modelFiles({ checkpoint, ema }: PredictOptions): Promise<string[]> {
  const found = checkpoint.map(async (path) => {
    const kind = await stat(path).catch(() => null);
    return kind?.isDirectory() ? (await findModels("predict", path, { noEma: ema === false })).files : [path];
  });
  return (await Promise.all(found)).flat();
}

async function loadModel(
  path: string,
  { ema }: PredictOptions,
  engine: Parameters<typeof loadClassifier>[1],
): Promise<Classifier> {
  const classifier = await loadClassifier(path, engine, { average: ema }).catch((error: unknown) => {
    throw new Error(
      `predict: --checkpoint must be a model.onnx, a .safetensors file of a run or a checkpoint of timm's, got "${path}" (${reasonNotRead(error, path)})`,
      { cause: error },
    );
  });
  if (classifier.average) {
    process.stderr.write(
      `Weights: the moving average in ${classifier.path}; --no-ema takes the plain ones\n`,
    );
  }
  return classifier;
}

function answersOf(
  ensemble: Ensemble<Uint8Array>,
  image: Uint8Array,
  { topk }: PredictOptions,
  { outputType }: AnswerTableFlags,
): Promise<Answer[]> {
  return outputType === "logit" ? ensemble.predictOutputs(image, topk) : ensemble.predict(image, topk);
}

function textOf(task: Task, answers: readonly Answer[], { outputType }: AnswerTableFlags): string {
  return answerText(outputType === "logit" ? { answers: { kind: "numbers" } } : task, answers);
}

/** Prints the table, and writes it to files. */
async function writeTable(
  task: Task,
  models: readonly Classifier[],
  found: readonly ImageAnswers[],
  flags: AnswerTableFlags,
): Promise<void> {
  const isNumbers = (task.answers?.kind ?? "numbers") === "numbers";
  const table = answerTable(task, named(found, flags), {
    valueColumn: flags.outputType === "logit" ? "logit" : isNumbers ? "value" : "prob",
    withIndex: flags.includeIndex ?? false,
    withLabel: flags.labelType !== "none",
    separate: flags.resultsSeparateCol ?? false,
  });
  await writeFiles(table, models, flags);
  if (flags.csv) process.stdout.write(formatAnswers(table, "csv"));
  else process.stdout.write(`${flags.json ? "" : "--result\n"}${formatAnswers(table, "json")}`);
}

/** Images by their names; by their paths where two have one name. */
function named(found: readonly ImageAnswers[], { fullname }: AnswerTableFlags): readonly ImageAnswers[] {
  if (fullname) return found;
  const short = found.map((one) => ({ ...one, file: basename(one.file) }));
  if (new Set(short.map(({ file }) => file)).size === short.length) return short;
  process.stderr.write("Several images have one name: tables have their paths, as with --fullname\n");
  return found;
}

const ENDINGS: Readonly<Record<AnswerFormat, string>> = { csv: ".csv", json: ".json", "json-split": ".json" };

async function writeFiles(
  table: AnswerTable,
  models: readonly Classifier[],
  { resultsDir, resultsFile, resultsFormat }: AnswerTableFlags,
): Promise<void> {
  if (resultsDir === undefined && resultsFile === undefined && resultsFormat === undefined) return;
  const [first] = models;
  const name =
    resultsFile?.replace(/\.(csv|json)$/, "") ?? `${first?.architecture}-${first?.dataConfig.inputSize[1]}`;
  const folder = resultsDir ?? ".";
  await mkdir(folder, { recursive: true });
  const formats = [...new Set(resultsFormat ?? (["csv"] as const))];
  for (const format of formats) {
    const isSecond = format === "json-split" && formats.includes("json");
    const file = join(folder, `${name}${isSecond ? "-split" : ""}${ENDINGS[format]}`);
    await writeFileWhole(file, formatAnswers(table, format));
    process.stderr.write(`${printable(`Wrote ${file}`)}\n`);
  }
}
