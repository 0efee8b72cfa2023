/** Reads `summary.csv`: of tsimm, of timm, of any program that writes a row for each epoch. */
import { parseCsv } from "../data/csv/parse-csv.ts";
import type { Metrics } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { EpochRow } from "../train/events.ts";

/** An epoch in a `summary.csv`; a training loss or rate that is not in the file is NaN. */
export interface SummaryRow extends EpochRow {
  /** Cells of all other columns by the column's name, e.g. `train_top1`: numbers, or text that is none. */
  readonly others: Readonly<Record<string, number | string>>;
}

/** Largest `summary.csv` that is read, in bytes: a hundred thousand epochs, and more. */
export const SUMMARY_LIMIT: number = 16 * 2 ** 20;

/** More are no table of metrics. */
const MOST_COLUMNS = 1000;

/** Columns with a meaning of their own. */
const [EPOCH, TRAIN_LOSS, RATE] = ["epoch", "train_loss", "lr"];

/**
 * Reads the text of a `summary.csv`.
 *
 * A header in the middle, as timm writes when it resumes, holds from there on. A row of an epoch that came before starts
 * anew from that epoch: earlier rows from there on are dropped. A last line without its end is still being written and
 * is left out, and so is everything from a NUL on, which network drives show for bytes that have not arrived.
 *
 * @param text - Text of the file.
 * @returns A row for each epoch, ascending.
 * @throws RangeError if there is no column `epoch`, a row has not a cell for each column, or an epoch, training loss or
 * rate is no number.
 * @example
 * const [row] = readSummary("epoch,train_loss,eval_loss,eval_top1,lr\r\n0,1.5,nan,60,1e-05\r\n1,1.2");
 * row; // => { epoch: 0, trainLoss: 1.5, lr: 0.00001, validation: { loss: NaN, top1: 60 }, plain: null, others: {} }
 */
export function readSummary(text: string): SummaryRow[] {
  const rows: SummaryRow[] = [];
  let columns: readonly string[] | null = null;
  for (const { row, cells } of parseCsv(wholeLines(text), refusal)) {
    if (columns === null || cells.some((cell) => cell.trim() === EPOCH)) {
      columns = headerOf(cells, row);
      continue;
    }
    const read = rowOf(columns, cells, row);
    while ((rows.at(-1)?.epoch ?? -1) >= read.epoch) rows.pop();
    rows.push(read);
  }
  return rows;
}

/** The lines that are written to their end. */
function wholeLines(text: string): string {
  const nul = text.indexOf("\0");
  const written = (nul < 0 ? text : text.slice(0, nul)).replace(/^\ufeff/, "");
  return written.slice(0, Math.max(written.lastIndexOf("\n"), written.lastIndexOf("\r")) + 1);
}

function headerOf(cells: readonly string[], row: number): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  if (!names.includes(EPOCH)) {
    throw refusal(
      `the columns must have "${EPOCH}" among them, got "${shortened(cells.join(","))}"`,
      row,
      "name the column with the number of the epoch so",
    );
  }
  if (names.length > MOST_COLUMNS) {
    throw refusal(`there must be at most ${MOST_COLUMNS} columns, got ${names.length}`, row, "take some out");
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw refusal(`each column must have another name, got "${shortened(twice)}" twice`, row, "rename one");
  }
  return names;
}

function rowOf(columns: readonly string[], cells: readonly string[], row: number): SummaryRow {
  if (cells.length !== columns.length) {
    throw refusal(`a row must have ${columns.length} cells, one for each column, got ${cells.length}`, row);
  }
  const own = new Map<string, number>();
  const others: [string, number | string][] = [];
  const validation: [string, number][] = [];
  const plain: [string, number][] = [];
  columns.forEach((name, i) => {
    const cell = (cells[i] ?? "").trim();
    if (cell === "") return;
    const value = pythonFloat(cell);
    const [, prefix, metric = ""] = /^(eval|model)_(.+)$/.exec(name) ?? [];
    if (name === EPOCH || name === TRAIN_LOSS || name === RATE) {
      if (value === null) throw refusal(`${name} must be a number, got "${shortened(cell)}"`, row);
      own.set(name, value);
    } else if (prefix !== undefined && value !== null) {
      (prefix === "eval" ? validation : plain).push([metric, value]);
    } else others.push([name, value ?? cell]);
  });
  const epoch = own.get(EPOCH);
  if (epoch === undefined || !Number.isSafeInteger(epoch) || epoch < 0) {
    const cell = cells[columns.indexOf(EPOCH)] ?? "";
    throw refusal(`${EPOCH} must be an integer >= 0, got "${shortened(cell)}"`, row);
  }
  return {
    ...{ epoch, trainLoss: own.get(TRAIN_LOSS) ?? Number.NaN, lr: own.get(RATE) ?? Number.NaN },
    ...{ validation: metricsOf(validation), plain: metricsOf(plain) },
    others: Object.fromEntries(others),
  };
}

/** null: there are none; a loss that is missing is NaN. */
function metricsOf(entries: readonly (readonly [string, number])[]): Metrics | null {
  return entries.length === 0 ? null : { loss: Number.NaN, ...Object.fromEntries(entries) };
}

const NOT_FINITE: Readonly<Record<string, number>> = {
  ...{ nan: Number.NaN, inf: Number.POSITIVE_INFINITY, infinity: Number.POSITIVE_INFINITY },
};

/** A number as Python or JavaScript prints it; null: it is none. */
function pythonFloat(text: string): number | null {
  const [, sign, word = ""] = /^([-+]?)(nan|inf|infinity)$/i.exec(text) ?? [];
  const named = NOT_FINITE[word.toLowerCase()];
  if (named !== undefined) return sign === "-" ? -named : named;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : null;
}

function refusal(problem: string, row: number, cure = "repair the line or take it out"): RangeError {
  return new RangeError(printable(`readSummary: ${problem} in line ${row} of summary.csv; ${cure}`));
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
