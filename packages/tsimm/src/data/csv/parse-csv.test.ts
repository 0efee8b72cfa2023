import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "./parse-csv.ts";

const rowsOf = (text: string) => [...parseCsv(text, (problem, row) => new Error(`${problem} in row ${row}`))];
const cellsOf = (text: string) => rowsOf(text).map(({ cells }) => cells);

test.each<[string, string, string[][]]>([
  [
    "plain cells",
    "a,b\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "no line break at the end",
    "a,b\nc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "line breaks of Windows",
    "a,b\r\nc,d\r\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "line breaks of old Macs",
    "a,b\rc,d\r",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["quotes around commas, line breaks and quotes", '"a,b","c\nd","e""f"\n', [["a,b", "c\nd", 'e"f']]],
  [
    "empty cells",
    ',""\n,\n',
    [
      ["", ""],
      ["", ""],
    ],
  ],
  ["a comma at the end", "a,", [["a", ""]]],
  ["blanks, which belong to the cell", " a , b ", [[" a ", " b "]]],
  ["one column", 'a\n""\nb\n', [["a"], [""], ["b"]]],
  ["nothing", "", []],
])("reads %s", (_, text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
});

test("blank lines are left out, and count as rows", () => {
  expect(rowsOf("\na,b\n\r\n\nc,d\n\n")).toEqual([
    { row: 2, cells: ["a", "b"] },
    { row: 5, cells: ["c", "d"] },
  ]);
});

test.each([
  ['a\nb"c,d\n', 'a cell with a quote must be in quotes, got b" in row 2'],
  ['"a"b\n', 'a closing quote must end its cell, got "a"b in row 1'],
  ['a,b\n"c,d\n', 'a cell in quotes must end in a quote, got "c,d\n in row 2'],
  [`${"x".repeat(100)}"`, `a cell with a quote must be in quotes, got …${"x".repeat(40)}" in row 1`],
])("refuses %j", (text, message) => {
  expect(() => cellsOf(text)).toThrow(new Error(message));
});

test("any table that is written with quotes is read as it was", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é", "|") });
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
  const written = (rows: readonly (readonly string[])[], end: string) =>
    rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join() + end).join("");
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n", "\r"), (rows, end) => {
      expect(cellsOf(written(rows, end))).toEqual(rows);
    }),
  );
});
