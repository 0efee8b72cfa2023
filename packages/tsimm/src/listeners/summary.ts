/** `summary.csv`: one row per validated epoch, timm's columns, then ours. */

/** What an epoch gave. */
export interface EpochRow {
  readonly epoch: number;
  readonly trainLoss: number;
  /** Mean learning rate over the groups, read before the scheduler's step. */
  readonly lr: number;
  /** Metrics of the weights that count: the moving average's where there is one. */
  readonly validation: Metrics | null;
  /** Metrics of the plain weights, beside a moving average. */
  readonly plain: Metrics | null;
}

/** Result of an evaluation. */
export interface Metrics {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Percent. */
  readonly top1: number;
  /** Percent. */
  readonly top5: number;
}

/**
 * The whole file, CRLF, full precision.
 *
 * @example
 * summaryCsv([{ epoch: 0, trainLoss: 1.5, lr: 0.1, validation: null, plain: null }]); // => "epoch,train_loss,lr\r\n0,1.5,0.1\r\n"
 */
export function summaryCsv(rows: readonly EpochRow[]): string {
  const validated = rows.some((row) => row.validation !== null);
  const averaged = rows.some((row) => row.plain !== null);
  const header = [
    ...["epoch", "train_loss"],
    ...(validated ? ["eval_loss", "eval_top1", "eval_top5"] : []),
    "lr",
    ...(averaged ? ["model_loss", "model_top1", "model_top5"] : []),
  ];
  const cells = (metrics: Metrics | null) =>
    metrics === null ? ["", "", ""] : [metrics.loss, metrics.top1, metrics.top5];
  const lines = rows.map((row) => [
    ...[row.epoch, row.trainLoss],
    ...(validated ? cells(row.validation) : []),
    row.lr,
    ...(averaged ? cells(row.plain) : []),
  ]);
  return [header, ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}
