/** Labels of the images in a table. */
import type { Label } from "../../task/labels.ts";
import { listNames } from "../../text/list-names.ts";
import { naturalSortSet } from "../../text/natural-sort.ts";
import type { LabelKind } from "../image-dataset.ts";
import { type CsvColumn, type CsvTable, cellOf, cellRefusal, columnNamed, csvRefusal } from "./csv-table.ts";
import type { CsvRow } from "./parse-csv.ts";

/** Cells that labels are read from. */
export interface LabelCells {
  readonly table: CsvTable;
  /** Rows of the split. */
  readonly rows: readonly CsvRow[];
  /** Columns of labels. */
  readonly columns: readonly CsvColumn[];
}

/** Options of {@link csvLabels}. */
export interface CsvLabelOptions {
  readonly labels: LabelKind;
  /** Classes or outputs in order; absent: what the table has. */
  readonly classNames?: readonly string[] | undefined;
  /** true: leave out images of other classes than `classNames`; false: they are an error. */
  readonly skipUnknown: boolean;
  /** Separator of the labels in a cell; absent: chosen by the column. */
  readonly labelSeparator?: string | undefined;
  /** Callback for what is left out. */
  readonly onWarning: (message: string) => void;
}

/** Labels of the rows, and what their numbers stand for. */
export interface CsvLabels {
  readonly classNames: readonly string[];
  /** For each row; null: its image is left out. */
  readonly labels: readonly (Label | null)[];
}

/**
 * Reads the labels of a split.
 *
 * @param cells - Rows and columns.
 * @param options - Kind of the labels, and which classes there are.
 * @throws RangeError that names file, row, column and value of a cell that is no such label.
 */
export function csvLabels(cells: LabelCells, options: CsvLabelOptions): CsvLabels {
  const { labels: kind } = options;
  if (kind === "class") return classLabels(cells, options);
  if (kind === "multi" && cells.columns.length === 1) return listedLabels(cells, options);
  return columnLabels(cells, options, kind === "multi" ? flag : decimal);
}

function classLabels(cells: LabelCells, options: CsvLabelOptions): CsvLabels {
  const { table, rows } = cells;
  const column = onlyColumn(cells);
  const texts = rows.map((row) => className(table, row, column, cellOf(row, column).trim()));
  const classNames = options.classNames ?? naturalSortSet(new Set(texts));
  if (classNames.length < 2) {
    throw csvRefusal(
      `${table.file} must have images of at least 2 classes, got only "${classNames.join()}" ` +
        `in column "${column.name}"; add images of another class`,
    );
  }
  const ids = new Map(classNames.map((name, id) => [name, id]));
  const isUnknown = (text: string) => !ids.has(text);
  const unknown = new Set(texts.filter(isUnknown));
  refuseUnknown(cells, unknown, options, { classNames, row: rows[texts.findIndex(isUnknown)] });
  const labels = texts.map((text) => ids.get(text) ?? null);
  if (unknown.size > 0) {
    const left = labels.filter((label) => label === null).length;
    options.onWarning(
      `Left out ${left} images in ${table.file}: the class map does not list ${listNames(naturalSortSet(unknown))}`,
    );
  }
  return { classNames, labels };
}

/** Numbers in all labels together, 1 GiB. */
const MOST_NUMBERS = 2 ** 27;

/** Names of classes in one cell; equal cells share their label. */
function listedLabels(cells: LabelCells, options: CsvLabelOptions): CsvLabels {
  const { table, rows } = cells;
  const column = onlyColumn(cells);
  const separator = options.labelSeparator ?? separatorOf(table, column);
  const namesOf = new Map<string, readonly string[]>();
  for (const row of rows) {
    const cell = cellOf(row, column);
    if (namesOf.has(cell)) continue;
    const names = (separator.trim() === "" ? cell.trim().split(/\s+/) : cell.split(separator))
      .map((name) => name.trim())
      .filter((name) => name !== "");
    for (const name of names) className(table, row, column, name);
    namesOf.set(cell, names);
  }
  const found = new Set([...namesOf.values()].flat());
  const classNames = options.classNames ?? naturalSortSet(found);
  if (classNames.length === 0) {
    throw csvRefusal(
      `${table.file} must have labels, got only empty cells in column "${column.name}"; write cat|dog`,
    );
  }
  const ids = new Map(classNames.map((name, id) => [name, id]));
  const unknown = new Set([...found].filter((name) => !ids.has(name)));
  const isUnknown = (row: CsvRow) => namesOf.get(cellOf(row, column))?.some((name) => unknown.has(name));
  refuseUnknown(cells, unknown, options, { classNames, row: rows.find(isUnknown) });
  if (namesOf.size * classNames.length > MOST_NUMBERS) {
    throw csvRefusal(
      `labels of ${table.file} must be names of classes, got ${classNames.length} different ones in column ` +
        `"${column.name}"; name the column (labelColumns), or what separates the labels (labelSeparator)`,
    );
  }
  if (unknown.size > 0) {
    options.onWarning(
      `Left out labels in ${table.file}: the class map does not list ${listNames(naturalSortSet(unknown))}`,
    );
  }
  const labels = new Map<string, readonly number[]>();
  for (const [cell, names] of namesOf) {
    const label = new Array<number>(classNames.length).fill(0);
    for (const name of names) {
      const id = ids.get(name);
      if (id !== undefined) label[id] = 1;
    }
    labels.set(cell, label);
  }
  return { classNames, labels: rows.map((row) => labels.get(cellOf(row, column)) ?? null) };
}

/** A column for each class or output. */
function columnLabels(
  { table, rows, columns }: LabelCells,
  options: CsvLabelOptions,
  readCell: (table: CsvTable, row: CsvRow, column: CsvColumn) => number,
): CsvLabels {
  const classNames = options.classNames ?? columns.map(({ name }) => name);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const ordered = classNames.map((name) => byName.get(name) ?? columnNamed(table, "classNames", name));
  const known = new Set(ordered);
  const unknown = columns.filter((column) => !known.has(column)).map(({ name }) => name);
  if (unknown.length > 0) {
    if (!options.skipUnknown) {
      throw csvRefusal(
        `${table.file} must have the labels of the training images (${listNames(classNames)}), ` +
          `got ${listNames(unknown)}; remove these columns or name the columns (labelColumns)`,
      );
    }
    options.onWarning(`Left out columns of ${table.file}: the class map does not list ${listNames(unknown)}`);
  }
  const shared = new Map<string, readonly number[]>();
  const labels = rows.map((row) => {
    const key = ordered.map((column) => cellOf(row, column)).join("\0");
    const same = shared.get(key);
    if (same) return same;
    const values = ordered.map((column) => readCell(table, row, column));
    shared.set(key, values);
    return values;
  });
  return { classNames, labels };
}

function onlyColumn({ table, columns }: LabelCells): CsvColumn {
  const [column] = columns;
  if (!column) throw csvRefusal(`${table.file} must have a column of labels, got none`);
  return column;
}

/** `|` where the column has one anywhere, else `;` where it has one, else blanks. */
function separatorOf({ rows }: CsvTable, column: CsvColumn): string {
  const has = (separator: string) => rows.some((row) => cellOf(row, column).includes(separator));
  return ["|", ";"].find(has) ?? " ";
}

/** Lists of classes have a class in each line. */
function className(table: CsvTable, row: CsvRow, column: CsvColumn, name: string): string {
  if (name !== "" && !/[\n\r\0]/.test(name)) return name;
  throw cellRefusal(table, row, column, {
    problem: name === "" ? "a class must not be empty" : "class names must have no line breaks",
    cure: "write the name of a class there or remove the row",
  });
}

function refuseUnknown(
  { table }: LabelCells,
  unknown: ReadonlySet<string>,
  { skipUnknown }: CsvLabelOptions,
  { classNames, row }: { readonly classNames: readonly string[]; readonly row: CsvRow | undefined },
): void {
  if (unknown.size === 0 || skipUnknown) return;
  throw csvRefusal(
    `${table.file} must have the classes of the training images (${listNames(classNames)}), ` +
      `got ${listNames(naturalSortSet(unknown))}, first in row ${row?.row}; correct or remove these rows`,
  );
}

const FLAGS: ReadonlyMap<string, number> = new Map([
  ...(["0", "0.0", "false", "False", "FALSE"] as const).map((text) => [text, 0] as const),
  ...(["1", "1.0", "true", "True", "TRUE"] as const).map((text) => [text, 1] as const),
]);

function flag(table: CsvTable, row: CsvRow, column: CsvColumn): number {
  const value = FLAGS.get(cellOf(row, column).trim());
  if (value !== undefined) return value;
  throw cellRefusal(table, row, column, {
    problem: "a label must be 0 or 1",
    cure: "write 1 where the image has the label, or name the columns of labels (labelColumns)",
  });
}

/** Largest number of float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

function decimal(table: CsvTable, row: CsvRow, column: CsvColumn): number {
  const text = cellOf(row, column).trim();
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Math.abs(value) <= LARGEST) return value;
  throw cellRefusal(table, row, column, {
    problem: "a label must be a number such as -1.5",
    cure: "write a number there, remove the row, or name the columns of labels (labelColumns)",
  });
}
