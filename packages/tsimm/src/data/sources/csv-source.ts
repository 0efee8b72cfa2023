/** A table of images and labels. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import { readClassMap } from "../class-map.ts";
import { type ChosenColumns, chooseColumns } from "../csv/choose-columns.ts";
import { csvLabels } from "../csv/csv-labels.ts";
import { type CsvTable, cellOf, csvRefusal, readCsvTable } from "../csv/csv-table.ts";
import { imagePath } from "../csv/image-path.ts";
import type { CsvRow } from "../csv/parse-csv.ts";
import type { ImageDataset, Sample } from "../image-dataset.ts";
import { isSplitName, splitNames } from "../split-files.ts";
import { fileAccess } from "./labelled-folders.ts";
import { defineSource, type OpenDatasetOptions, type SourceDefinition } from "./source.ts";

/** Images, spread over the table, of which one must be there: else the paths mean something else. */
const LOOKED_FOR = 10;

/** `photos/labels.csv`, or a folder with `train.csv` and `validation.csv`. */
export const csvSource: SourceDefinition = defineSource({
  name: "csv",
  async recognises({ dataDir, split, kind }) {
    if (kind === "folder") {
      const hasFolder = await Promise.all(splitNames(split).map((name) => isFolder(join(dataDir, name))));
      return !hasFolder.includes(true) && (await splitTable(dataDir, split)) !== null;
    }
    return isTableName(dataDir) && kind !== "other";
  },
  open: openCsv,
});

async function openCsv(options: OpenDatasetOptions): Promise<ImageDataset> {
  const { dataDir, split, labels: kind = "class" } = options;
  const { table, columns, rows } = await openSplit(options);
  const folder = dirname(table.file);
  const onWarning = (message: string) => options.onWarning?.(printable(message));
  const classMap = options.classMap
    ? await readClassMap(options.classMap, isTableName(dataDir) ? folder : dataDir)
    : null;
  const { classNames, labels } = csvLabels(
    { table, rows, columns: columns.labels },
    {
      labels: kind,
      classNames: classMap ?? options.classNames,
      skipUnknown: classMap !== null,
      labelSeparator: options.labelSeparator,
      onWarning,
    },
  );
  const root = folder === "/" ? "" : folder;
  const paths: string[] = [];
  const samples: Sample[] = [];
  const labelled = kind === "number" ? null : new Map<string, CsvRow>();
  for (const [place, row] of rows.entries()) {
    const path = imagePath(table, row, columns.image);
    const label = labels[place] ?? null;
    if (label === null) continue;
    if (labelled) refuseContradiction({ table, columns }, labelled, row, path);
    paths.push(path);
    samples.push({ path: `${root}/${path}`, label });
  }
  if (samples.length === 0) {
    throw csvRefusal(
      `${table.file} must hold images of the classes ${listNames(classNames)}, got none for split "${split}"; ` +
        "write the names of the classes into the class map, one a line",
    );
  }
  await refuseMissing(table, folder, paths);
  if (options.classNames === undefined) explain(table, columns, options);
  return {
    description: root,
    classNames,
    labelKind: kind,
    samples,
    ...fileAccess(samples.length, (index) => {
      const path = paths[index];
      return path === undefined ? undefined : { file: join(folder, path) };
    }),
  };
}

/** Rows of a split. */
interface SplitTable {
  readonly table: CsvTable;
  readonly columns: ChosenColumns;
  readonly rows: readonly CsvRow[];
}

async function openSplit(options: OpenDatasetOptions): Promise<SplitTable> {
  const { dataDir, split, labels = "class" } = options;
  const columnsOf = (table: CsvTable) => chooseColumns(table, { ...options, labels });
  // A folder: the table that has the name of the split.
  const inFolder = isTableName(dataDir) ? null : await splitTable(resolve(dataDir), split);
  if (inFolder === null && !isTableName(dataDir)) {
    throw csvRefusal(
      `dataDir must be a .csv file, or a folder with ${splitNames(split)[0]}.csv, got "${dataDir}"`,
    );
  }
  const table = await readCsvTable(inFolder ?? resolve(dataDir));
  const columns = columnsOf(table);
  const chosen = rowsOfSplit(table, columns, split);
  if (chosen !== null) return withRows({ table, columns, rows: chosen }, split);
  const beside = isSplitName(tableName(table.file)) ? await splitTable(dirname(table.file), split) : null;
  if (beside === null || beside === table.file) throw missingSplit(table, columns, split);
  const other = await readCsvTable(beside);
  const otherColumns = columnsOf(other);
  const rows = rowsOfSplit(other, otherColumns, split);
  if (rows === null) throw missingSplit(other, otherColumns, split);
  return withRows({ table: other, columns: otherColumns, rows }, split);
}

/** null: the table does not have this split. */
function rowsOfSplit(
  table: CsvTable,
  { split: column }: ChosenColumns,
  split: string,
): readonly CsvRow[] | null {
  const names = splitNames(split);
  if (column === null) {
    const name = tableName(table.file);
    const isWhole = names.includes(name) || (names.includes("train") && !isSplitName(name));
    return isWhole ? table.rows : null;
  }
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const rows = table.rows.filter((row) => wanted.has(cellOf(row, column).trim().toLowerCase()));
  return rows.length > 0 ? rows : null;
}

function withRows(found: SplitTable, split: string): SplitTable {
  if (found.rows.length > 0) return found;
  throw csvRefusal(
    `${found.table.file} must have a row for each image, got none for split "${split}"; write path,label below the header`,
  );
}

function missingSplit({ file, rows }: CsvTable, { split: column }: ChosenColumns, split: string): RangeError {
  const [name, ...synonyms] = splitNames(split);
  const names = synonyms.length > 0 ? `"${name}" (or ${synonyms.join(", ")})` : `"${name}"`;
  if (column !== null) {
    const values = [...new Set(rows.map((row) => cellOf(row, column).trim()))];
    return csvRefusal(
      `split must be a value of column "${column.name}" of ${file}, got ${names}; there is ${listNames(values) || "nothing"}`,
    );
  }
  return csvRefusal(
    `${file} must have the images of split ${names}, got neither a column "split" nor a file ${name}.csv beside it; ` +
      `add a column split with train and validation, or write ${dirname(file)}/train.csv and ${dirname(file)}/validation.csv`,
  );
}

/** Path of the table that has the name of a split; null: none. */
async function splitTable(folder: string, split: string): Promise<string | null> {
  const files = new Set(await readdir(folder).catch(() => []));
  const name = splitNames(split).find((each) => files.has(`${each}.csv`));
  return name === undefined ? null : join(folder, `${name}.csv`);
}

/** An image that is said to be two things is a mistake; an image that is listed twice counts twice. */
function refuseContradiction(
  { table, columns }: Omit<SplitTable, "rows">,
  labelled: Map<string, CsvRow>,
  row: CsvRow,
  path: string,
): void {
  const before = labelled.get(path);
  labelled.set(path, row);
  if (!before) return;
  const column = columns.labels.find((each) => cellOf(before, each).trim() !== cellOf(row, each).trim());
  if (!column) return;
  throw csvRefusal(
    `an image must have one row or equal labels, got "${cellOf(before, column)}" in row ${before.row} and ` +
      `"${cellOf(row, column)}" in row ${row.row}, column "${column.name}", for ${path} of ${table.file}; ` +
      "remove one, or write several labels into one cell (cat|dog) and set labels to multi",
  );
}

/** A path of which the extension or a folder is missing is missing in every row. */
async function refuseMissing(table: CsvTable, folder: string, paths: readonly string[]): Promise<void> {
  const count = Math.min(paths.length, LOOKED_FOR);
  const some = Array.from({ length: count }, (_, i) => paths[Math.floor((i * paths.length) / count)] ?? "");
  const found = await Promise.all(some.map((path) => stat(join(folder, path)).catch(() => null)));
  if (found.some((stats) => stats !== null)) return;
  const others = count > 1 ? `and ${count - 1} more that do not exist` : "which does not exist";
  throw csvRefusal(
    `paths in ${table.file} must be those of image files, relative to ${folder}, got "${some[0]}" ` +
      `${others}; check folders and extensions, or name the column (imageColumn)`,
  );
}

function explain(table: CsvTable, { image, labels }: ChosenColumns, options: OpenDatasetOptions): void {
  if (options.imageColumn !== undefined && options.labelColumns !== undefined) return;
  options.onInfo?.(
    printable(
      `Images of ${table.file}: paths from column ${image.name}, labels from ${listNames(labels.map(({ name }) => name))}`,
    ),
  );
}

function isTableName(path: string): boolean {
  return path.toLowerCase().endsWith(".csv");
}

function tableName(file: string): string {
  return basename(file).slice(0, -".csv".length);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
