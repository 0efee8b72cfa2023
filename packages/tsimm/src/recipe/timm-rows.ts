/** Results of the epochs of a run that timm went on with. */
import { readSummary } from "../checkpoint/read-summary.ts";
import type { CarriedState } from "../checkpoint/timm/carried.ts";
import type { EpochRow } from "../train/events.ts";

/** Sources of rows. */
export interface TimmRowsOptions {
  /** Last epoch that is done. */
  readonly epoch: number;
  /** Rows that travelled with the run; null: none did. */
  readonly carried: CarriedState | null;
  /** Text of the `summary.csv` beside the checkpoint; null: there is none. */
  readonly summary: string | null;
}

/**
 * The rows of all epochs up to one: those that the run had when timm took it over, then timm's own.
 *
 * @throws RangeError if the summary cannot be read.
 */
export function timmRows({ epoch, carried, summary }: TimmRowsOptions): EpochRow[] {
  const before = (carried?.metricHistory ?? []).filter((row) => row.epoch <= epoch);
  const theirs = (summary === null ? [] : readSummary(summary)).filter(
    (row) =>
      row.epoch <= epoch && row.epoch > (carried?.epoch ?? -1) && Number.isFinite(row.lr) && row.lr >= 0,
  );
  return [
    ...before,
    ...theirs.map(({ epoch, trainLoss, lr, validation, plain }) => ({
      ...{ epoch, trainLoss, lr, validation, plain },
    })),
  ];
}
