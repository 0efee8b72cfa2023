/** Writes the report of a run, after the fact. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RESUME_SUFFIX } from "../checkpoint/checkpoint.ts";
import { SUMMARY_FILE } from "../checkpoint/find-run.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import { createDecodePool } from "../data/decode-pool.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { createLoader } from "../data/loader.ts";
import { makeFolderOf } from "../files/write-file.ts";
import { taskOfFile } from "../predict/file-task.ts";
import { findModels } from "../predict/find-models.ts";
import { runArguments } from "../predict/run-arguments.ts";
import { validateModel } from "../predict/validate-model.ts";
import { reportSettings } from "../recipe/report-settings.ts";
import { type AnswerRecord, answerRecorder } from "../report/answer-record.ts";
import { newestState, REPORT_FILE, REPORT_MISTAKES, writeReport } from "../report/write-report.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Task } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { ReportOptions } from "./flags/report-flags.ts";
import { info, warn } from "./log-lines.ts";
import { openImages } from "./open-for-validation.ts";
import { openModel } from "./open-model.ts";
import { shortPath } from "./short-path.ts";
import { showSummaryReport } from "./show-summary-report.ts";

/**
 * Writes `report.html` into the folder of a run, the same bytes as at its end; of a run of timm what its table of epochs
 * tells, elsewhere.
 *
 * @throws Error if the folder is not that of a run; images that cannot be opened are a warning.
 */
export async function showReport(folder: string, options: ReportOptions): Promise<void> {
  const path = resolve(folder);
  if (await isOfAnother(path)) return await showSummaryReport(path, options.output);
  const state = await stateOf(path);
  const { model, task: entry } = state;
  const task = taskOfFile(entry, entry.outputNames, model.numClasses);
  const asked = options.noImages ? null : await answersOf(path, task, options);
  const file = options.output === undefined ? join(path, REPORT_FILE) : resolve(options.output);
  const parts = { task, answers: asked?.answers ?? null, images: asked?.images ?? null };
  await makeFolderOf(file);
  await writeReport(path, { ...parts, settingsOf: reportSettings }, file);
  info(`Wrote ${shortPath(file)}`);
}

/** Whether a folder holds a run without states of tsimm. */
async function isOfAnother(folder: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return names.includes(SUMMARY_FILE) && !names.some((name) => name.endsWith(RESUME_SUFFIX));
}

async function stateOf(folder: string): Promise<RunState> {
  try {
    return (await newestState(folder)).state;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      printable(
        `report: <run> must be the folder of a run with last.resume.safetensors, got "${folder}" (${code ?? message})`,
      ),
      { cause: error },
    );
  }
}

interface Asked {
  readonly answers: AnswerRecord;
  readonly images: ImageDataset;
}

/** Asks the best weights about the validation images; null, with a warning, where that cannot be done. */
async function answersOf(folder: string, task: Task, options: ReportOptions): Promise<Asked | null> {
  const { dataDir, threads, workers = 4 } = options;
  const pool = createDecodePool(workers);
  try {
    const [path = ""] = (await findModels("report", folder)).files;
    const run = await runArguments(path);
    if (run.valSplit === "") return null;
    const trained = await openModel("report", path, {});
    const images = await openImages(trained, dataDir === undefined ? {} : { dataDir }, run);
    const { std: _, ...transform } = trained.dataConfig;
    const batchSize = trained.fixedBatch ?? run.validationBatchSize ?? run.batchSize ?? images.samples.length;
    const loader = createLoader(images, {
      ...{ batchSize, pool, onWarning: warn, transform: { training: false, ...transform } },
      ...(run.maxBadImages === undefined ? {} : { maxBadImages: run.maxBadImages }),
    });
    const recorder = answerRecorder(task, { mistakes: REPORT_MISTAKES });
    await validateModel(trained, {
      engine: await createEngine(options.engine, { onWarning: warn }),
      ...{ loader, task, dataConfig: trained.dataConfig, threads: threads ?? run.threads ?? undefined },
      onOutputs: (batch) => recorder.add(batch),
    });
    return { answers: recorder.result(), images };
  } catch (error) {
    warn(`the report has no confusion matrix and no mistakes: ${(error as Error).message}`);
    return null;
  } finally {
    await pool.close();
  }
}
