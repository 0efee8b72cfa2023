import { expect, test } from "vitest";
import { confusionMeter } from "./confusion.ts";
import { averageScores, classCounts, labelMeter, labelScores } from "./label-scores.ts";

// true 0 0 0 1 1 2 2 2, predicted 0 0 1 1 2 2 0 2, as scikit-learn 1.x scores them; class 3 neither holds nor is said.
const confusion = () => {
  const meter = confusionMeter(["a", "b", "c", "d"]);
  const rows = [0, 0, 1, 1, 2, 2, 0, 2].map((said) => [0, 1, 2, 3].map((index) => (index === said ? 1 : 0)));
  meter.add(Float32Array.from(rows.slice(0, 5).flat()), Int32Array.of(0, 0, 0, 1, 1));
  const probabilities = [0, 0, 1, 0, 0.1, 0.2, 0.7, 0, 0, 0, 1, 0];
  meter.add(Float32Array.from(rows.slice(5).flat()), Float32Array.from(probabilities));
  return meter.result();
};

test("counts images by class and answer, labels as ids or as probabilities", () => {
  expect([...confusion().counts]).toEqual([2, 1, 0, 0, 0, 1, 1, 0, 1, 0, 2, 0, 0, 0, 0, 0]);
});

test("of equal outputs the first one counts, a NaN never does", () => {
  const meter = confusionMeter(["a", "b", "c"]);
  meter.add(Float32Array.of(1, 1, 0, Number.NaN, 0, 2, 3, Number.NaN, 2), Int32Array.of(0, 0, 0));
  expect([...meter.result().counts.subarray(0, 3)]).toEqual([2, 0, 1]);
});

test.each([
  ["micro", { precision: 62.5, recall: 62.5, f1: 62.5 }],
  ["macro", { precision: 61.111111, recall: 61.111111, f1: 61.111111 }],
  ["weighted", { precision: 62.5, recall: 62.5, f1: 62.5 }],
] as const)("%s averages", (average, expected) => {
  const scores = averageScores(classCounts(confusion()), average);
  for (const name of ["precision", "recall", "f1"] as const) {
    expect(scores[name]).toBeCloseTo(expected[name], 5);
  }
});

test("weighted and macro averages differ where classes do", () => {
  const rows = [
    { label: "rare", images: 1, predicted: 1, both: 0 },
    { label: "common", images: 9, predicted: 9, both: 9 },
  ];
  expect(averageScores(rows, "macro").recall).toBe(50);
  expect(averageScores(rows, "weighted").recall).toBe(90);
  expect(averageScores([], "macro")).toEqual({ precision: 0, recall: 0, f1: 0 });
});

test("counts labels that do not exclude each other, at the threshold", () => {
  const meter = labelMeter(["indoor", "people"], 0.5);
  meter.add(Float32Array.of(2, -1, 0, 3), Float32Array.of(1, 1, 0, 1));
  expect(meter.result()).toEqual([
    { label: "indoor", images: 1, predicted: 2, both: 1 },
    { label: "people", images: 2, predicted: 1, both: 1 },
  ]);
});

test("a share of nothing is 0", () => {
  expect(labelScores({ images: 0, predicted: 0, both: 0 })).toEqual({ precision: 0, recall: 0, f1: 0 });
});
