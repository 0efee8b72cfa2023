import { expect, test } from "vitest";
import { findTask } from "../task/tasks.ts";
import { checkValidationTask } from "./write-validation.ts";

const taskOf = (name: string, outputs: number) =>
  findTask("validate", name).create({ outputNames: Array.from({ length: outputs }, (_, at) => `c${at}`) });

test.each([
  [
    "classification",
    4097,
    { confusion: ["x.csv"] },
    "must be absent for more than 4096 classes, got 4097 classes",
  ],
  [
    "multi-label",
    3,
    { confusion: ["x.csv"] },
    "--confusion must be absent for the task multi-label, got x.csv",
  ],
  [
    "regression",
    3,
    { confusion: ["x.csv"] },
    "--confusion must be absent for the task regression, got x.csv",
  ],
  ["regression", 3, { metricsAvg: "macro" }, "--metrics-avg must be absent for the task regression"],
] as const)("%s of %i outputs refuses %o", (name, outputs, flags, message) => {
  expect(() => checkValidationTask(taskOf(name, outputs), flags)).toThrow(message);
});

test("classes have a confusion matrix and averages", () => {
  const flags = { confusion: ["x.csv"], metricsAvg: "macro" } as const;
  expect(() => checkValidationTask(taskOf("classification", 4096), flags)).not.toThrow();
});
