import { expect, test } from "vitest";
import { taskOfFile } from "./file-task.ts";

test("without a word on its task a file is of a plain classifier", () => {
  const { name, outputNames } = taskOfFile(undefined, ["cat"], 3);
  expect([name, outputNames]).toEqual(["classification", ["cat", "1", "2"]]);
});

test.each([
  [["a", "b"], 1, "class_names of the file must be of the model's 1 outputs, got 2"],
  [[], 0, "the model must give 1 to 1000000 numbers for an image, got 0"],
  [["a"], 2 ** 31, "the model must give 1 to 1000000 numbers for an image, got 2147483648"],
])("names %j of %d outputs are refused", (names, outputs, message) => {
  expect(() => taskOfFile(undefined, names, outputs)).toThrow(`loadClassifier: ${message}`);
});

test("settings that are not the task's are refused", () => {
  const note = { name: "multi-label", settings: { threshold: 2 } };
  expect(() => taskOfFile(note, ["a"], 1)).toThrow(
    "multi-label: threshold must be a number > 0 and < 1, got 2",
  );
});
