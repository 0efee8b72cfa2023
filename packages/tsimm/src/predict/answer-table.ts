/** Answers for many images as a table: timm's columns, as CSV or JSON. */
import type { Answer, Task } from "../task/task.ts";
import { csvText } from "../text/csv-text.ts";

/** Answers for an image. */
export interface ImageAnswers {
  /** Name of the image in the table. */
  readonly file: string;
  readonly answers: readonly Answer[];
}

/** Columns of {@link answerTable}. */
export interface AnswerTableOptions {
  /** Name of the column of values. */
  readonly valueColumn: string;
  /** Whether there is a column with the index of the class. */
  readonly withIndex: boolean;
  /** Whether there is a column with its name. */
  readonly withLabel: boolean;
  /** A column for each answer, in place of lists. */
  readonly separate: boolean;
}

/** A cell: a list where an image has several answers and they share a column. */
export type AnswerCell = string | number | null | readonly (string | number)[];

/** A table of answers, a row for each image. */
export interface AnswerTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly AnswerCell[])[];
}

/**
 * Makes the table: `filename`, then `index`, `label` and the values.
 *
 * @param images - Answers for each.
 * @example
 * const task = createTask("classification", { outputNames: ["cat", "dog"] });
 * const images = [{ file: "a.png", answers: [{ label: "dog", value: 0.9 }] }];
 * const options = { valueColumn: "prob", withIndex: true, withLabel: true, separate: false };
 * answerTable(task, images, options).rows; // => [["a.png", 1, "dog", 0.9]]
 */
export function answerTable(
  { outputNames }: Pick<Task, "outputNames">,
  images: readonly ImageAnswers[],
  { valueColumn, withIndex, withLabel, separate }: AnswerTableOptions,
): AnswerTable {
  const kinds: readonly (readonly [name: string, value: (answer: Answer) => string | number])[] = [
    ...(withIndex ? [["index", ({ label }: Answer) => outputNames.indexOf(label)] as const] : []),
    ...(withLabel ? [["label", ({ label }: Answer) => label] as const] : []),
    [valueColumn, ({ value }) => value],
  ];
  const most = Math.max(0, ...images.map(({ answers }) => answers.length));
  if (separate && most > 1) {
    const places = Array.from({ length: most }, (_, place) => place);
    return {
      columns: ["filename", ...kinds.flatMap(([name]) => places.map((place) => `${name}_${place}`))],
      rows: images.map(({ file, answers }) => [
        file,
        ...kinds.flatMap(([, value]) => places.map((place) => cell(answers[place], value))),
      ]),
    };
  }
  return {
    columns: ["filename", ...kinds.map(([name]) => name)],
    rows: images.map(({ file, answers }) => [
      file,
      ...kinds.map(([, value]) => (most > 1 ? answers.map(value) : cell(answers[0], value))),
    ]),
  };
}

function cell(
  answer: Answer | undefined,
  value: (answer: Answer) => string | number,
): string | number | null {
  return answer === undefined ? null : value(answer);
}

/** Formats of {@link formatAnswers}. */
export const answerFormats = ["csv", "json", "json-split"] as const;

/** One of {@link answerFormats}. */
export type AnswerFormat = (typeof answerFormats)[number];

/**
 * The text of a table. `csv`: lists as JSON in a cell; `json`: an object by file name; `json-split`: columns and rows.
 */
export function formatAnswers({ columns, rows }: AnswerTable, format: AnswerFormat): string {
  return formatters[format]({ columns, rows });
}

const formatters: Readonly<Record<AnswerFormat, (table: AnswerTable) => string>> = {
  csv: ({ columns, rows }) => csvText([columns, ...rows.map((cells) => cells.map(csvCell))]),
  "json-split": ({ columns, rows }) => `${JSON.stringify({ columns, data: rows }, null, 4)}\n`,
  json: byFileName,
};

function byFileName({ columns, rows }: AnswerTable): string {
  const byFile = rows.map(([file, ...cells]) => [
    file,
    Object.fromEntries(cells.map((value, index) => [columns[index + 1], value])),
  ]);
  return `${JSON.stringify(Object.fromEntries(byFile), null, 4)}\n`;
}

function csvCell(value: AnswerCell): string | number {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : value;
}
