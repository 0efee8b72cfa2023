/** Asks the best weights of a run about its validation images, for its report. */
import { basename } from "node:path";
import { createDecodePool } from "../data/decode-pool.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { createLoader } from "../data/loader.ts";
import { taskOfFile } from "../predict/file-task.ts";
import { findModels } from "../predict/find-models.ts";
import { runArguments } from "../predict/run-arguments.ts";
import { validateModel } from "../predict/validate-model.ts";
import { type AnswerRecord, answerRecorder } from "../report/answer-record.ts";
import { REPORT_MISTAKES } from "../report/write-report.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { OutputMetric, Task } from "../task/task.ts";
import type { ReportOptions } from "./flags/report-flags.ts";
import { warn } from "./log-lines.ts";
import { openImages } from "./open-for-validation.ts";
import { openModel } from "./open-model.ts";

/** Answers of the best weights of a run. */
export interface BestAnswers {
  readonly answers: AnswerRecord;
  readonly images: ImageDataset;
  readonly task: Task;
  /** The metric of each class or output. */
  readonly byOutput: readonly OutputMetric[];
  /** Name of the file with the weights. */
  readonly weights: string;
}

/**
 * Asks the best weights about the validation images.
 *
 * @param folder - Folder of a run.
 * @param task - Its task; null: that of the weights, with the names of the images' classes.
 * @returns null where that cannot be done, with a warning, and for a run without validation images.
 */
export async function bestAnswers(
  folder: string,
  task: Task | null,
  options: ReportOptions,
): Promise<BestAnswers | null> {
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
    const named = task ?? taskOfFile(trained.task, images.classNames, trained.outputs);
    const recorder = answerRecorder(named, { mistakes: REPORT_MISTAKES });
    const { byOutput } = await validateModel(trained, {
      engine: await createEngine(options.engine, { onWarning: warn }),
      ...{
        loader,
        task: named,
        dataConfig: trained.dataConfig,
        threads: threads ?? run.threads ?? undefined,
      },
      onOutputs: (batch) => recorder.add(batch),
    });
    return { answers: recorder.result(), images, task: named, byOutput, weights: basename(path) };
  } catch (error) {
    warn(`the report has no confusion matrix and no mistakes: ${(error as Error).message}`);
    return null;
  } finally {
    await pool.close();
  }
}
