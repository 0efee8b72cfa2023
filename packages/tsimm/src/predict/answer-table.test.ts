import { describe, expect, test } from "vitest";
import { type AnswerTableOptions, answerTable, formatAnswers } from "./answer-table.ts";

const task = { outputNames: ["cat", 'a "dog", wet', "owl"] };
const [cat, dog] = [
  { label: "cat", value: 0.75 },
  { label: 'a "dog", wet', value: 0.25 },
];
const plain: AnswerTableOptions = { valueColumn: "prob", withIndex: false, withLabel: true, separate: false };
const one = [
  { file: "a.png", answers: [cat] },
  { file: "b,1.png", answers: [dog] },
];
const two = [
  { file: "a.png", answers: [cat, dog] },
  { file: "b.png", answers: [dog] },
];

describe("a table of answers", () => {
  test("of one answer has plain cells, quoted where CSV needs it", () => {
    expect(formatAnswers(answerTable(task, one, plain), "csv")).toBe(
      'filename,label,prob\r\na.png,cat,0.75\r\n"b,1.png","a ""dog"", wet",0.25\r\n',
    );
  });

  test("of several answers has lists, or a column for each", () => {
    const table = answerTable(task, two, { ...plain, withIndex: true });
    expect(table.rows[0]).toEqual(["a.png", [0, 1], ["cat", 'a "dog", wet'], [0.75, 0.25]]);
    const separate = answerTable(task, two, { ...plain, withIndex: true, withLabel: false, separate: true });
    expect(separate).toEqual({
      columns: ["filename", "index_0", "index_1", "prob_0", "prob_1"],
      rows: [
        ["a.png", 0, 1, 0.75, 0.25],
        ["b.png", 1, null, 0.25, null],
      ],
    });
    expect(formatAnswers(separate, "csv").split("\r\n")[2]).toBe("b.png,1,,0.25,");
  });

  test("as JSON is an object by file name, or columns and rows", () => {
    const table = answerTable(task, [...one, { file: "__proto__", answers: [cat] }], plain);
    const byFile: unknown = JSON.parse(formatAnswers(table, "json"));
    expect(Object.entries(byFile as object)).toEqual([
      ["a.png", { label: "cat", prob: 0.75 }],
      ["b,1.png", { label: 'a "dog", wet', prob: 0.25 }],
      ["__proto__", { label: "cat", prob: 0.75 }],
    ]);
    expect(JSON.parse(formatAnswers(answerTable(task, one, plain), "json-split"))).toEqual({
      columns: ["filename", "label", "prob"],
      data: [
        ["a.png", "cat", 0.75],
        ["b,1.png", 'a "dog", wet', 0.25],
      ],
    });
  });

  test("of no image has its columns alone", () => {
    expect(formatAnswers(answerTable(task, [], plain), "csv")).toBe("filename,label,prob\r\n");
    expect(formatAnswers(answerTable(task, [], plain), "json")).toBe("{}\n");
  });
});
