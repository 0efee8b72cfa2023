/** Bad input of tasks: the full message of each error. */
import { describe, expect, test } from "vitest";
import { defineTask } from "./define-task.ts";
import type { Label, Labels } from "./labels.ts";
import { createTask, findTask, registerTask } from "./tasks.ts";

const outputNames = ["cat", "dog", "owl"];

describe("names", () => {
  test("of a task that does not exist", () => {
    expect(() => findTask("fit", "clasification")).toThrow(
      new RangeError(
        'fit: task must be one of classification, multi-label, regression, got "clasification"; ' +
          'did you mean "classification"?',
      ),
    );
  });

  test("of a task that exists", () => {
    const definition = defineTask({
      name: "regression",
      create: (context) => createTask("regression", context),
    });
    expect(() => registerTask(definition)).toThrow(
      new RangeError(
        'registerTask: name must be of no other task, got "regression", which is built in; give the new definition another name',
      ),
    );
  });
});

const weightNames =
  'classification: classWeights must be by names of cat, dog, owl, got "dogs"; did you mean "dog"?';
const weightValues = (got: string) =>
  `classification: classWeights must be finite numbers > 0, got ${got} for "dog"`;

test.each<[string, object, readonly Label[] | undefined, string]>([
  [
    "classification",
    { smoothin: 0.1 },
    undefined,
    "classification: option must be one of smoothing, bceLoss, bceSum, bceTargetThresh, bcePosWeight, jsdLoss, augSplits, classWeights, " +
      'got "smoothin"; did you mean "smoothing"?',
  ],
  [
    "classification",
    { smoothing: 1.5 },
    undefined,
    "classification: smoothing must be a number in [0, 1], got 1.5",
  ],
  [
    "classification",
    { smoothing: Number.NaN },
    undefined,
    "classification: smoothing must be a number in [0, 1], got NaN",
  ],
  ["classification", { bceLoss: 1 }, undefined, "classification: bceLoss must be true or false, got 1"],
  [
    "classification",
    { bceLoss: true, bceTargetThresh: 1 },
    undefined,
    "classification: bceTargetThresh must be a number in [0, 1) or null, got 1",
  ],
  [
    "classification",
    { bceLoss: true, bcePosWeight: 0 },
    undefined,
    "classification: bcePosWeight must be a number > 0 or null, got 0",
  ],
  [
    "classification",
    { bceSum: true },
    undefined,
    "classification: bceSum must come with bceLoss, got true without it; set bceLoss to true",
  ],
  [
    "classification",
    { bceTargetThresh: 0.2 },
    undefined,
    "classification: bceTargetThresh must come with bceLoss, got 0.2 without it; set bceLoss to true",
  ],
  ["classification", { classWeights: { dogs: 2 } }, undefined, weightNames],
  ["classification", { classWeights: { dog: 0 } }, undefined, weightValues("0")],
  [
    "classification",
    { classWeights: new Map([["dog", Number.POSITIVE_INFINITY]]) },
    undefined,
    weightValues("Infinity"),
  ],
  ["classification", { classWeights: { dog: "3" } }, undefined, weightValues("3")],
  [
    "classification",
    { classWeights: [1, 2, 3] },
    undefined,
    'classification: classWeights must be "balanced", or numbers > 0 by name, or null, got [1,2,3]',
  ],
  [
    "classification",
    { classWeights: "balanced" },
    undefined,
    'classification: classWeights must be by class name where the training labels are not known, got "balanced"; ' +
      "give trainingLabels, or the weights themselves",
  ],
  [
    "classification",
    { classWeights: "balanced" },
    [0, 0],
    'classification: classWeights must be by class name where a class has no training image, got "balanced" without ' +
      "images of dog, owl; add images, leave the class out, or give the weights themselves",
  ],
  [
    "classification",
    { classWeights: "balanced" },
    [0, 1, 3],
    "classification: label of image 2 must be a class in [0, 2], got 3; correct the label, or name as many classes as there are",
  ],
  [
    "classification",
    { classWeights: "balanced" },
    [0, [0.5, 0.5]],
    "classification: label of image 1 must have a probability for each of 3 classes, got 2 numbers",
  ],
  ["multi-label", { threshold: 1 }, undefined, "multi-label: threshold must be a number > 0 and < 1, got 1"],
  [
    "multi-label",
    { posWeight: -1 },
    undefined,
    'multi-label: posWeight must be a number > 0, "balanced", or numbers > 0 by name, or null, got -1',
  ],
  [
    "multi-label",
    { posWeight: { cow: 1 } },
    undefined,
    'multi-label: posWeight must be by names of cat, dog, owl, got "cow"',
  ],
  [
    "multi-label",
    { posWeight: "balanced" },
    undefined,
    "multi-label: posWeight must be a number or by label where the training labels are not known, " +
      'got "balanced"; give trainingLabels, or the weights themselves',
  ],
  [
    "multi-label",
    { posWeight: "balanced" },
    [
      [0, 1, 1],
      [0, 1, 0],
    ],
    "multi-label: posWeight must be a number or by label where a label holds for none or all of the training images, " +
      'got "balanced" with cat, dog; leave the label out, or give the weights themselves',
  ],
  [
    "multi-label",
    { posWeight: "balanced" },
    [[0, 1]],
    "multi-label: label of image 0 must be 3 numbers, one for each output, got 2",
  ],
  ["regression", { loss: "mae" }, undefined, 'regression: loss must be one of mse, l1, huber, got "mae"'],
  [
    "regression",
    { delta: 2 },
    undefined,
    "regression: delta must come with the loss huber, got 2 with mse; set loss to huber",
  ],
  [
    "regression",
    { loss: "huber", delta: 0 },
    undefined,
    "regression: delta must be a number > 0 or null, got 0",
  ],
  [
    "regression",
    { standardize: true },
    undefined,
    "regression: standardize must be false or { mean, std } where the training labels are not known, got true; " +
      "give trainingLabels, or the numbers themselves",
  ],
  [
    "regression",
    { standardize: { mean: [0, 0, 0], std: [1, 0, 1] } },
    undefined,
    "regression: standardize must be true, false, or { mean, std } with a number per output, std > 0, " +
      'got {"mean":[0,0,0],"std":[1,0,1]}',
  ],
  [
    "regression",
    { standardize: { mean: [0, 0, 0], std: [1] } },
    undefined,
    "regression: standardize.std must have 3 numbers, one for each output, got 1",
  ],
  [
    "regression",
    {},
    [
      [1, 2, 3],
      [1, Number.NaN, 3],
    ],
    'regression: label "dog" of image 1 must be a finite number, got NaN; give the number, or leave the image out',
  ],
])("%s with %o", (name, options, trainingLabels, message) => {
  const context = trainingLabels ? { outputNames, trainingLabels } : { outputNames };
  expect(() => createTask(name, context, options)).toThrow(new RangeError(message));
});

test.each<[string, Labels, string]>([
  [
    "classification",
    Int32Array.of(0, 12),
    "classification: label of image 1 must be a class in [0, 2], got 12; correct the label, or name as many classes as there are",
  ],
  [
    "classification",
    Int32Array.of(-1),
    "classification: label of image 0 must be a class in [0, 2], got -1; correct the label, or name as many classes as there are",
  ],
  [
    "classification",
    Float32Array.of(0.5, 0.5),
    "classification: labels must be class ids, or 3 probabilities for each image, got 2 numbers",
  ],
  [
    "classification",
    Float32Array.of(1, 0, 0, 0, 0.5, 0),
    "classification: label of image 1 must be probabilities whose sum is 1, got 0.5; divide them by their sum, " +
      "or take the task multi-label for labels that do not exclude each other",
  ],
  [
    "classification",
    Float32Array.of(1, Number.NaN, 0),
    "classification: label of image 0 must be probabilities in [0, 1], got NaN for class 1",
  ],
  [
    "multi-label",
    Int32Array.of(1),
    "multi-label: labels must be 3 numbers for each image, got one; label each image with a list, " +
      "or take the task classification for class ids",
  ],
  [
    "multi-label",
    Float32Array.of(1, 0),
    "multi-label: labels must be 3 numbers for each image, got 2 in all",
  ],
  [
    "multi-label",
    Float32Array.of(1, 0, 0, 1, 2, 0),
    'multi-label: label "dog" of image 1 must be a number in [0, 1], got 2; label images with 1 where a label holds, else 0',
  ],
  [
    "regression",
    Float32Array.of(1, 0, 0, 1),
    "regression: labels must be 3 numbers for each image, got 4 in all",
  ],
  [
    "regression",
    Float32Array.of(1, 0, Number.NaN),
    'regression: label "owl" of image 0 must be a finite number, got NaN; give the number, or leave the image out',
  ],
])("%s with labels %o, in training and in evaluation", (name, labels, message) => {
  const task = createTask(name, { outputNames });
  expect(() => task.targets(labels)).toThrow(new RangeError(message));
  expect(() => task.createMeter().add(new Float32Array(labels.length), labels)).toThrow(
    new RangeError(message),
  );
});

test("options that are no object", () => {
  expect(() => findTask("test", "regression").create({ outputNames }, JSON.parse("[1]"))).toThrow(
    new TypeError("regression: options must be an object, got [1]"),
  );
});

test("no outputs", () => {
  expect(() => createTask("regression", { outputNames: [] })).toThrow(
    new RangeError("regression: outputNames must be the names of the classes or outputs, got []"),
  );
});

describe("a task of one's own", () => {
  const regression = createTask("regression", { outputNames });
  const [loss] = regression.metrics;
  if (!loss) throw new Error("unreachable");

  test.each([
    [
      "Own Task",
      { name: "Own Task" },
      'defineTask: name must be lower-case letters, digits and hyphens, got "Own Task"',
    ],
    ["own", { name: "other" }, 'own: name must be "own" in the task too, got "other"'],
    ["own", { metrics: [] }, "own: metrics must begin with loss, got none"],
    [
      "own",
      { metrics: [{ ...loss, name: "mae" }, loss] },
      "own: metrics must begin with loss, got mae, loss",
    ],
    ["own", { metrics: [loss, loss] }, 'own: names of metrics must differ, got "loss" twice'],
    [
      "own",
      { metrics: [loss, { ...loss, name: "F 1" }] },
      'own: names of metrics must be lower-case letters and digits, got "F 1"',
    ],
    ["own", { metric: "auc" }, 'own: metric must be one of loss, mae, r2, got "auc"'],
  ])("%s with %o", (name, changes, message) => {
    const make = () =>
      defineTask({ name, create: () => ({ ...regression, name, ...changes }) }).create({ outputNames });
    expect(make).toThrow(new RangeError(message));
  });
});

describe("metrics that do not exist are NaN", () => {
  test("mean average precision and F1 without a label that holds", () => {
    const meter = createTask("multi-label", { outputNames }).createMeter();
    meter.add(Float32Array.of(1, 2, 3), Float32Array.of(0, 0, 0));
    expect(meter.result()).toMatchObject({ map: Number.NaN, f1: Number.NaN });
    expect(meter.byOutput()).toEqual([]);
  });

  test("an evaluation of no image", () => {
    for (const name of ["classification", "multi-label", "regression"]) {
      const task = createTask(name, { outputNames });
      const result = task.createMeter().result();
      expect(task.metrics.every((metric) => Number.isNaN(result[metric.name]))).toBe(true);
    }
  });

  test("outputs that are NaN", () => {
    const outputs = Float32Array.of(1, Number.NaN, 0);
    const measured = (name: string, labels: Labels) => {
      const meter = createTask(name, { outputNames }).createMeter();
      meter.add(outputs, labels);
      return meter.result();
    };
    expect(measured("classification", Int32Array.of(1))).toEqual({ loss: Number.NaN, top1: 0, top5: 0 });
    expect(measured("multi-label", Float32Array.of(1, 1, 0))).toMatchObject({
      loss: Number.NaN,
      map: Number.NaN,
    });
    expect(measured("regression", Float32Array.of(1, 1, 0))).toMatchObject({
      loss: Number.NaN,
      mae: Number.NaN,
    });
  });
});
