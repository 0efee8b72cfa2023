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
 * const listener = summaryListener(".");
 * const history = [{ epoch: 0, trainLoss: 1.5, lr: 0.1, validation: { loss: 1.25 }, plain: null }];
 * const run = { state: () => ({ progress: { history } }) };
 * await listener.on({ type: "runStarted", metrics: [{ name: "loss" }] }, run);
 * await listener.on({ type: "checkpointDue", reason: "epoch" }, run);
 * readFileSync("summary.csv", "utf8"); // => "epoch,train_loss,eval_loss,lr\r\n0,1.5,1.25,0.1\r\n"
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
