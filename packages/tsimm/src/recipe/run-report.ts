/** The report of a run, written when it ends. */
import type { ImageDataset } from "../data/image-dataset.ts";
import { createLoader } from "../data/loader.ts";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { type AnswerRecord, type AnswerRecorder, answerRecorder } from "../report/answer-record.ts";
import { hasReport, REPORT_MISTAKES, writeReport } from "../report/write-report.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Task } from "../task/task.ts";
import { type BatchOutputs, evaluate } from "../train/evaluate.ts";
import type { TrainingEvent } from "../train/events.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";
import type { TrainArguments } from "./arguments.ts";
import { reportSettings } from "./report-settings.ts";

/** Parts of a run that its report is made from. */
export interface RunReportOptions {
  readonly task: Task;
  readonly model: Model;
  readonly dataConfig: PretrainedConfig;
  /** Images that the run validates on; null: none. */
  readonly images: ImageDataset | null;
  readonly engine: Engine;
  readonly args: Pick<
    TrainArguments,
    "batchSize" | "validationBatchSize" | "workers" | "maxBadImages" | "threads"
  >;
}

/** Keeps the answers of the best epoch, and writes the report at the end. */
export class RunReport {
  readonly #folder: string;
  readonly #options: RunReportOptions;
  #recorder: AnswerRecorder | null = null;
  #newest: AnswerRecord | null = null;
  #best: { readonly epoch: number; readonly answers: AnswerRecord } | null = null;

  /** @param folder - An existing folder. */
  constructor(folder: string, options: RunReportOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Takes the outputs of a batch of a validation in, of the weights that count. */
  readonly onOutputs = (batch: BatchOutputs): void => {
    this.#recorder ??= answerRecorder(this.#options.task, { mistakes: REPORT_MISTAKES });
    this.#recorder.add(batch);
  };

  /** Notes which answers are the best ones. */
  note(event: TrainingEvent): void {
    if (event.type === "checkpointDue") {
      this.#newest = this.#recorder?.result() ?? null;
      this.#recorder = null;
      if (event.isBest && this.#newest !== null) this.#best = { epoch: event.epoch, answers: this.#newest };
    } else if (event.type === "updateDone") {
      // A validation that was stopped counts for nothing.
      this.#recorder = null;
    }
  }

  /**
   * Writes `report.html`, unless the one of this state is there.
   *
   * @param bestEpoch - Epoch of the best weights; null: there are none.
   * @param weights - File of the best weights.
   * @returns Whether it was not there.
   */
  async write(bestEpoch: number | null, weights: string): Promise<boolean> {
    if (await hasReport(this.#folder)) return false;
    const { task, images } = this.#options;
    const isKnown = this.#best !== null && this.#best.epoch === bestEpoch;
    const answers = isKnown ? (this.#best?.answers ?? null) : await this.#evaluate(bestEpoch, weights);
    return await writeReport(this.#folder, { task, answers, images, settingsOf: reportSettings });
  }

  /** The best epoch was before this session: its weights are asked once more. */
  async #evaluate(bestEpoch: number | null, weights: string): Promise<AnswerRecord | null> {
    const { task, model, images, engine, args, dataConfig } = this.#options;
    if (images === null || bestEpoch === null) return null;
    const { tensors } = decodeSafetensors(await readRegularFile(weights, { limit: WEIGHTS_LIMIT }));
    const state = model.state.map((one) => {
      const data = tensors.get(one.name)?.data;
      return data instanceof Float32Array || data instanceof BigInt64Array ? { ...one, data } : one;
    });
    const { workers, maxBadImages, threads, batchSize, validationBatchSize } = args;
    const { mean, std, ...transform } = dataConfig;
    const loader = createLoader(images, {
      ...{ workers, maxBadImages, batchSize: validationBatchSize ?? batchSize },
      transform: { training: false, ...transform, mean },
    });
    const recorder = answerRecorder(task, { mistakes: REPORT_MISTAKES });
    try {
      await evaluate({ ...model, state }, loader, task, {
        ...{ engine, mean, std, onOutputs: (batch) => recorder.add(batch) },
        ...(threads === null ? {} : { threads }),
      });
    } finally {
      await loader.close();
    }
    return recorder.result();
  }
}
