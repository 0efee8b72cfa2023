/** Paths of images in a table: never out of the table's folder. */
import { posix } from "node:path";
import { type CsvColumn, type CsvTable, cellOf, cellRefusal } from "./csv-table.ts";
import type { CsvRow } from "./parse-csv.ts";

/**
 * The path of a row's image.
 *
 * @param table - The table.
 * @param row - One of its rows.
 * @param column - The column of paths.
 * @returns Relative to the folder of the table, with `/` between names; backslashes count as `/`.
 * @throws RangeError if the path is empty, absolute, or leads out of the folder by `..`.
 */
export function imagePath(table: CsvTable, row: CsvRow, column: CsvColumn): string {
  const path = cellOf(row, column).replaceAll("\\", "/");
  if (path.trim() === "") {
    throw cellRefusal(table, row, column, {
      problem: "the path of an image must not be empty",
      cure: "write the path there or remove the row",
    });
  }
  // A drive letter, with a slash behind it or not.
  const leavesFolder = path.startsWith("/") || /^[a-z]:/i.test(path) || path.split("/").includes("..");
  if (leavesFolder || path.includes("\0")) {
    throw cellRefusal(table, row, column, {
      problem: 'the path of an image must be relative to the folder of its .csv, without ".."',
      cure: "move the .csv to a folder that holds the images, and write paths from there",
    });
  }
  return posix.normalize(path);
}
