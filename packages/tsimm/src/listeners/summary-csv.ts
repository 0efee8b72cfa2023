/** `summary.csv`: one row per validated epoch, timm's columns, then ours. */
import { join } from "node:path";
import { writeFileWhole } from "../files/write-file.ts";
import type { Metrics } from "../task/task.ts";
import type { EpochRow } from "../train/events.ts";
import type { Listener } from "../train/listener.ts";

/**
 * Writes `summary.csv` whenever an epoch is to be saved.
 *
 * @param folder - An existing folder.
 * @returns The listener; while the run goes it throws WriteError if the file cannot be written.
 * @example
 * import { readFileSync } from "node:fs";
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const task = classification.create({ outputNames: ["cat", "dog"] });
 * const images = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const data = { images, labels: [0, 1, 0, 1], inputSize: [3, 32, 32], batchSize: 4 } as const;
 * const loader = arrayLoader({ ...data, training: true });
 * const run = { engine: await createEngine(), model, optimizer, loader, task };
 * await fit({ ...run, epochs: 2, listeners: [summaryListener(".")] });
 * const [header, ...rows] = readFileSync("summary.csv", "utf8").trim().split("\r\n");
 * header; // => "epoch,train_loss,lr"
 * rows.length; // => 2
 */
export function summaryListener(folder: string): Listener {
  let metrics: readonly string[] = [];
  return {
    name: "summary.csv",
    async on(event, run) {
      if (event.type === "runStarted") metrics = event.metrics.map(({ name }) => name);
      if (event.type !== "checkpointDue" || event.reason !== "epoch") return;
      await writeFileWhole(join(folder, "summary.csv"), summaryCsv(run.state().progress.history, metrics));
    },
  };
}

/**
 * The whole file, CRLF, full precision.
 *
 * @param rows - The epochs.
 * @param metrics - Names of the metrics of a validation, in the order of their columns.
 * @example
 * summaryCsv([{ epoch: 0, trainLoss: 1.5, lr: 0.1, validation: null, plain: null }], ["loss"]); // => "epoch,train_loss,lr\r\n0,1.5,0.1\r\n"
 */
export function summaryCsv(rows: readonly EpochRow[], metrics: readonly string[]): string {
  const validated = rows.some((row) => row.validation !== null);
  const averaged = rows.some((row) => row.plain !== null);
  const columns = (prefix: string) => metrics.map((name) => `${prefix}_${name}`);
  const header = [
    ...["epoch", "train_loss"],
    ...(validated ? columns("eval") : []),
    "lr",
    ...(averaged ? columns("model") : []),
  ];
  const cells = (values: Metrics | null) => metrics.map((name) => values?.[name] ?? "");
  const lines = rows.map((row) => [
    ...[row.epoch, row.trainLoss],
    ...(validated ? cells(row.validation) : []),
    row.lr,
    ...(averaged ? cells(row.plain) : []),
  ]);
  return [header, ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}
