import { describe, expect, test } from "vitest";
import { createTask } from "../task/tasks.ts";
import { answerRecorder } from "./answer-record.ts";
import { describeMistake } from "./describe-mistake.ts";

const classes = createTask("classification", { outputNames: ["cat", "dog", "owl"] });
const labels = createTask("multi-label", { outputNames: ["indoor", "people", "night"] });
const numbers = createTask("regression", { outputNames: ["age"], trainingLabels: [20, 40] });

describe("describeMistake", () => {
  test.each([
    [classes, [0, 2, 1], 0, { holds: "cat", said: "dog 66.5 %" }],
    [labels, [3, -3, -1], [0, 1, 0], { holds: "people", said: "indoor 95.3 %" }],
    [labels, [-3, -2, -1], [0, 0, 0], { holds: "no label", said: "nothing; night 26.9 %" }],
    [numbers, [2], [25], { holds: "age 25", said: "age 50" }],
  ])("of %o: %j for %j", (task, output, label, expected) => {
    const given = typeof label === "number" ? label : Float32Array.from(label);
    expect(describeMistake(task, { output: Float32Array.from(output), label: given })).toEqual(expected);
  });
});

describe("answerRecorder", () => {
  test("keeps the surest wrong answers, worst first, with the index of the image", () => {
    const recorder = answerRecorder(classes, { mistakes: 2 });
    const rows = [0, 0, 1, 5, 0, 0, 0, 3, 0, 0, 9, 0].flat();
    const batch = { outputs: Float32Array.from(rows), labels: Int32Array.of(0, 0, 0, 1), size: 4 };
    recorder.add({ ...batch, indices: Int32Array.of(3, 5, 8, 9) });
    recorder.add({ outputs: Float32Array.of(0, 9, 0), labels: Int32Array.of(2), size: 1 });
    const { images, mistakes, confusion } = recorder.result();
    expect(images).toBe(5);
    expect(mistakes.map(({ index, label }) => [index, label])).toEqual([
      [4, 2],
      [8, 0],
    ]);
    expect([...(confusion?.counts ?? [])]).toEqual([1, 1, 1, 0, 1, 0, 0, 1, 0]);
  });

  test("of labels and numbers by how far they are off", () => {
    const ofLabels = answerRecorder(labels, { mistakes: 9 });
    const outputs = Float32Array.of(1, 1, 1, 4, 4, -4);
    ofLabels.add({ outputs, labels: Float32Array.of(1, 1, 1, 0, 0, 1), size: 2 });
    expect(ofLabels.result().mistakes.map(({ index }) => index)).toEqual([1]);
    const ofNumbers = answerRecorder(numbers, { mistakes: 9 });
    ofNumbers.add({ outputs: Float32Array.of(0, 0, 0), labels: Float32Array.of(31, 60, 30), size: 3 });
    expect(ofNumbers.result().mistakes.map(({ index }) => index)).toEqual([1, 0]);
  });
});
