/** A table of images, read from a CSV file. */
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import { suggestion } from "../../text/suggestion.ts";
import { readTextFile } from "../text-file.ts";
import { type CsvRow, parseCsv } from "./parse-csv.ts";

/** A column of a {@link CsvTable}. */
export interface CsvColumn {
  readonly name: string;
  /** Index of its cell in a row, from 0. */
  readonly place: number;
}

/** A table with a header. */
export interface CsvTable {
  /** Path of the file. */
  readonly file: string;
  readonly columns: readonly CsvColumn[];
  readonly rows: readonly CsvRow[];
}

/**
 * Reads a CSV file with a header row.
 *
 * @param file - Path.
 * @throws RangeError if the file is missing, too large or no text, or a row is broken or has not a cell for each column.
 */
export async function readCsvTable(file: string): Promise<CsvTable> {
  const refusal = (problem: string) => csvRefusal(`dataDir ${problem}`);
  const text = await readTextFile(file, refusal);
  if (text === null) throw refusal(`must be a .csv file, got "${file}", which does not exist`);
  const parsed = parseCsv(text, (problem, row) =>
    csvRefusal(`${problem} in row ${row} of ${file}; write quotes inside of a cell twice`),
  );
  const { value: header } = parsed.next();
  if (!header) throw csvRefusal(`${file} must have a header row, got an empty file; write path,label`);
  const columns = header.cells.map((cell: string, place: number) => ({ name: cell.trim(), place }));
  checkColumns(file, columns);
  const rows: CsvRow[] = [];
  for (const row of parsed) {
    if (row.cells.length !== columns.length) {
      throw csvRefusal(
        `each row must have ${columns.length} cells, one for each column, got ${row.cells.length} in row ${row.row} ` +
          `of ${file}; put cells with commas into quotes`,
      );
    }
    rows.push(row);
  }
  return { file, columns, rows };
}

/**
 * The column of a name.
 *
 * @param table - The table.
 * @param option - Option that named it, for the error.
 * @param name - As in the header; where there is none, case does not count.
 * @throws RangeError if there is none.
 */
export function columnNamed({ file, columns }: CsvTable, option: string, name: string): CsvColumn {
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = columns.map((column) => column.name);
  throw csvRefusal(
    `${option} must be one of the columns ${listNames(names)} of ${file}, got "${name}"${suggestion(name, names)}`,
  );
}

/** Text of a cell. */
export function cellOf({ cells }: CsvRow, { place }: CsvColumn): string {
  return cells[place] ?? "";
}

/**
 * The error for a cell.
 *
 * @param problem - What must be, e.g. `label must not be empty`.
 * @param cure - What to do.
 */
export function cellRefusal(
  { file }: CsvTable,
  row: CsvRow,
  column: CsvColumn,
  { problem, cure }: { readonly problem: string; readonly cure: string },
): RangeError {
  const value = cellOf(row, column);
  const got = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return csvRefusal(
    `${problem}, got "${got}" in row ${row.row}, column "${column.name}" of ${file}; ${cure}`,
  );
}

/** An error of {@link openDataset}. */
export function csvRefusal(problem: string): RangeError {
  return new RangeError(printable(`openDataset: ${problem}`));
}

function checkColumns(file: string, columns: readonly CsvColumn[]): void {
  const seen = new Set<string>();
  for (const { name, place } of columns) {
    if (name !== "" && !seen.has(name)) {
      seen.add(name);
      continue;
    }
    // The first column of a table that pandas wrote has no name: the number of the row.
    if (name === "" && place === 0) continue;
    throw csvRefusal(
      `each column must have another name, got "${name}" for column ${place + 1} in row 1 of ${file}; rename it`,
    );
  }
}
