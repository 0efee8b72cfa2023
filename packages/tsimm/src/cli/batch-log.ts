/** timm's log lines of the batches of a validation. */
import { validationTestLine } from "../listeners/log-format.ts";
import type { Task } from "../task/task.ts";
import type { EvaluatedBatch } from "../train/evaluate.ts";
import { info } from "./log-lines.ts";

/** Writes a line for the first batch, and for each `every` batches after it. */
export class BatchLog {
  readonly #task: Task;
  readonly #every: number;
  #seconds = 0;
  #images = 0;

  /** @param every - Batches between two lines. */
  constructor(task: Task, every: number) {
    this.#task = task;
    this.#every = every;
  }

  /** Takes a batch in. */
  show({ index, batches, images, seconds, batch, means }: EvaluatedBatch): void {
    this.#seconds += seconds;
    this.#images += images;
    if (index % this.#every !== 0) return;
    const meters = this.#task.metrics.flatMap(({ name, logLabel }) => {
      const [value, mean] = [batch[name], means[name]];
      if (name === "loss" || logLabel === undefined || value === undefined || mean === undefined) return [];
      return [{ label: logLabel, value, mean }];
    });
    info(
      validationTestLine({
        ...{ index, batches, meters, imagesPerSecond: this.#images / this.#seconds },
        time: { value: seconds, mean: this.#seconds / (index + 1) },
        loss: { value: batch.loss, mean: means.loss },
      }),
    );
  }
}
