/** The columns of a table that hold images, labels and splits. */
import { listNames } from "../../text/list-names.ts";
import type { LabelKind } from "../image-dataset.ts";
import { type CsvColumn, type CsvTable, columnNamed, csvRefusal } from "./csv-table.ts";

/** Names of a column of paths, the first that there is. */
const IMAGE_NAMES: readonly string[] = [
  ...["path", "image", "file", "filename", "filepath", "file_name", "file_path", "image_path", "image_name"],
  ...["image_file", "img", "img_path", "imgpath", "image_id", "id"],
];
/** Names of a column of labels, the first that there is. */
const LABEL_NAMES: readonly string[] = ["label", "labels"];
const SPLIT_NAME = "split";

/** The columns that are read. */
export interface ChosenColumns {
  readonly image: CsvColumn;
  /** At least one; exactly one for labels of the kind `class`. */
  readonly labels: readonly CsvColumn[];
  /** null: the table is of one split. */
  readonly split: CsvColumn | null;
}

/** Columns by name; absent ones are chosen by the names in the header. */
export interface ColumnOptions {
  readonly imageColumn?: string | undefined;
  readonly labelColumns?: readonly string[] | undefined;
  readonly splitColumn?: string | undefined;
  readonly labels: LabelKind;
}

/**
 * Chooses the columns.
 *
 * @param table - The table.
 * @param options - Names of columns, and the kind of the labels.
 * @throws RangeError if a column is missing, two of them are the same, or there are several of labels where one counts.
 */
export function chooseColumns(table: CsvTable, options: ColumnOptions): ChosenColumns {
  const { imageColumn, splitColumn, labels: kind } = options;
  const split =
    splitColumn === undefined
      ? firstNamed(table, [SPLIT_NAME])
      : columnNamed(table, "splitColumn", splitColumn);
  const image =
    imageColumn === undefined
      ? firstNamed(table, IMAGE_NAMES)
      : columnNamed(table, "imageColumn", imageColumn);
  const names = listNames(table.columns.map(({ name }) => name));
  if (image === null) {
    throw csvRefusal(
      `${table.file} must have a column of paths (${IMAGE_NAMES.join(", ")}), got the columns ${names} in row 1; ` +
        "write a header row such as path,label, or name the column (imageColumn)",
    );
  }
  const labels = labelColumns(table, options, [image, ...(split ? [split] : [])]);
  if (labels.length === 0) {
    throw csvRefusal(
      `${table.file} must have a column of labels, got the columns ${names}; ` +
        "separate columns by commas, or name the column (labelColumns)",
    );
  }
  const seen = new Set<CsvColumn>();
  const twice = [image, ...(split ? [split] : []), ...labels].find(
    (column) => seen.size === seen.add(column).size,
  );
  if (twice) {
    throw csvRefusal(
      `imageColumn, labelColumns and splitColumn must be different columns, got "${twice.name}" twice for ${table.file}`,
    );
  }
  if (kind === "class" && labels.length > 1) {
    throw csvRefusal(
      `labelColumns must be one column where labels is class, got ${listNames(labels.map(({ name }) => name))} ` +
        `of ${table.file}; name the one with the class, or set labels to multi or number`,
    );
  }
  return { image, labels, split };
}

function labelColumns(
  table: CsvTable,
  { labelColumns: names }: ColumnOptions,
  others: readonly CsvColumn[],
): readonly CsvColumn[] {
  if (names !== undefined) return names.map((name) => columnNamed(table, "labelColumns", name));
  const label = firstNamed(table, LABEL_NAMES);
  if (label !== null && !others.includes(label)) return [label];
  return table.columns.filter((column) => column.name !== "" && !others.includes(column));
}

/** The column with the first of the names that there is; case does not count. */
function firstNamed({ columns }: CsvTable, names: readonly string[]): CsvColumn | null {
  for (const name of names) {
    const found = columns.find((column) => column.name.toLowerCase() === name);
    if (found) return found;
  }
  return null;
}
