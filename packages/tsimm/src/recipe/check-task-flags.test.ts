import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkTaskFlags } from "./check-task-flags.ts";
import { makeTask } from "./make-task.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const cases: readonly [Partial<TrainArguments>, string, string][] = [
  [
    { bceLoss: true },
    "regression",
    "--bce-loss must be left out with --task regression, got true; it is for --task classification",
  ],
  [
    { smoothing: 0.2 },
    "multi-label",
    "--smoothing must be left out with --task multi-label, got 0.2; it is for --task classification",
  ],
  [
    { bceSum: true },
    "regression",
    "--bce-sum must be left out with --task regression, got true; it is for --task classification or multi-label",
  ],
  [
    { classWeights: ["balanced"] },
    "regression",
    "--class-weights must be left out with --task regression, got balanced; it is for --task classification or multi-label",
  ],
  [
    { balancedSampling: true },
    "regression",
    "--balanced-sampling must be left out with --task regression, got true; it is for --task classification or multi-label",
  ],
  [
    { huberDelta: 2 },
    "classification",
    "--huber-delta must be left out with --task classification, got 2; it is for --task regression",
  ],
  [
    { regressionLoss: "l1" },
    "multi-label",
    '--regression-loss must be left out with --task multi-label, got "l1"; it is for --task regression',
  ],
];

test.each(cases)("%j has no effect on %s, and is refused", (given, task, message) => {
  expect(() => checkTaskFlags(given, task)).toThrow(new UsageError(`train: ${message}`));
});

test("what a task uses passes, and so does what every args.yaml holds", () => {
  expect(() => checkTaskFlags({ bceLoss: true, smoothing: 0 }, "classification")).not.toThrow();
  expect(() => checkTaskFlags({ bceSum: true, balancedSampling: true }, "multi-label")).not.toThrow();
  expect(() => checkTaskFlags({ regressionLoss: "huber", huberDelta: 2, lr: 1 }, "regression")).not.toThrow();
  expect(() =>
    checkTaskFlags({ smoothing: 0.1, classWeights: null, bceLoss: false }, "regression"),
  ).not.toThrow();
});

test.each([
  [
    { task: "regression", huberDelta: 2 },
    "--huber-delta must come with the loss huber, got 2 with mse; pass --regression-loss huber",
  ],
  [{ bceSum: true }, "--bce-sum must come with --bce-loss, got true without it; pass --bce-loss"],
  [
    { bceTargetThresh: 0.5 },
    "--bce-target-thresh must come with --bce-loss, got 0.5 without it; pass --bce-loss",
  ],
] as const)("%j names the flag that it needs", (given, message) => {
  const args = resolveArguments(given);
  const labels = args.task === "regression" ? [[1], [2]] : [0, 1];
  const samples = labels.map((label, index) => ({ path: `${index}.png`, label }));
  const names = args.task === "regression" ? ["age"] : ["cat", "dog"];
  expect(() => makeTask(args, names, { samples, classNames: names })).toThrow(
    new UsageError(`train: ${message}`),
  );
});
