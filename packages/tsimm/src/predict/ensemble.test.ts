import { describe, expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import type { Task } from "../task/task.ts";
import { createTask } from "../task/tasks.ts";
import type { Classifier } from "./classifier.ts";
import { ensembleOf } from "./ensemble.ts";
import { selectAnswers } from "./select-answers.ts";

/** A model that gives the same outputs for every image. */
function constant(task: Task, ...values: number[]): Classifier {
  const outputs = Float32Array.from(values);
  return {
    ...{ architecture: "constant", classNames: task.outputNames, task, average: false, path: null },
    dataConfig: createModel("test_resnet", { numClasses: 2 }).pretrainedCfg,
    classify: async () => [],
    predict: async (_, most) => selectAnswers(task, outputs, most),
    outputs: async () => outputs,
    close: async () => {},
  };
}

const image = new Uint8Array();
const classes = createTask("classification", { outputNames: ["cat", "dog"] });
const labels = createTask("multi-label", { outputNames: ["indoor", "people", "night"] });
const ages = (mean: number) =>
  createTask("regression", { outputNames: ["age"] }, { standardize: { mean: [mean], std: [10] } });

describe("several models", () => {
  test("give the mean of their probabilities, the best class first", async () => {
    const both = ensembleOf("predict", [
      constant(classes, 0, Math.log(3)),
      constant(classes, Math.log(9), 0),
    ]);
    const [first, second] = await both.predict(image, 2);
    expect([first?.label, second?.label]).toEqual(["cat", "dog"]);
    expect(first?.value).toBeCloseTo((0.25 + 0.9) / 2, 6);
    expect(second?.value).toBeCloseTo((0.75 + 0.1) / 2, 6);
    expect(await both.predict(image)).toHaveLength(1);
  });

  test("give the labels whose mean probability holds, at least the best one", async () => {
    const both = ensembleOf("predict", [constant(labels, 3, -1, -4), constant(labels, -2, 2, -4)]);
    expect((await both.predict(image)).map(({ label }) => label)).toEqual(["people", "indoor"]);
    expect((await both.predictOutputs(image)).map(({ label, value }) => [label, value])).toEqual([
      ["indoor", 0.5],
      ["people", 0.5],
    ]);
  });

  test("give the mean of their numbers in the unit of the labels", async () => {
    const both = ensembleOf("predict", [constant(ages(20), 1), constant(ages(50), 1)]);
    expect(await both.predict(image)).toEqual([{ label: "age", value: 45 }]);
  });

  test("must have the same outputs", () => {
    const others = createTask("classification", { outputNames: ["cat", "owl"] });
    expect(() => ensembleOf("predict", [constant(classes, 0, 0), constant(others, 0, 0)])).toThrow(
      "predict: all models must have the outputs of the first, classification of [cat, dog], got classification of [cat, owl]",
    );
    expect(() => ensembleOf("predict", [])).toThrow("predict: there must be at least one model, got none");
  });
});

test("one model gives its own answers, or its outputs", async () => {
  const alone = ensembleOf("predict", [constant(classes, 0.5, 2)]);
  expect(await alone.predict(image, 2)).toEqual(selectAnswers(classes, Float32Array.of(0.5, 2), 2));
  expect(await alone.predictOutputs(image)).toEqual([{ label: "dog", value: 2 }]);
});
