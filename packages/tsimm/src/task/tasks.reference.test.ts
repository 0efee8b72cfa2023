/**
 * Losses and metrics against PyTorch 1.13 and scikit-learn 1.2 in float64, printed by `python3 test/pytorch/tasks.py`.
 * Targets and losses here are float32, with a relative error of 1e-6; metrics are float64.
 */
import { describe, expect, test } from "vitest";
import { batchLabels } from "./labels.ts";
import { lossOf } from "./run-loss.fixture.ts";
import type { MixedLabels, Task } from "./task.ts";
import { createTask } from "./tasks.ts";

/** The same numbers as in Python, exact in float32. */
const numbers = (count: number, a: number, m: number, divisor: number) =>
  Float32Array.from({ length: count }, (_, i) => (((i * a) % m) - Math.floor(m / 2)) / divisor);

function close(actual: number | undefined, expected: number, tolerance = 1e-8): void {
  expect(Math.abs((actual ?? Number.NaN) - expected) / (Math.abs(expected) || 1)).toBeLessThan(tolerance);
}

async function loss(task: Task, images: number, outputs: Float32Array, target: Float32Array) {
  return (await (await lossOf(task, images))(outputs, target)).loss;
}

describe("classification", () => {
  const outputNames = ["a", "b", "c", "d", "e", "f", "g"];
  const logits = numbers(6 * 7, 37, 101, 16);
  const labels = Int32Array.of(2, 0, 6, 2, 3, 2);
  const mixed = { labels: Int32Array.of(1, 0, 4, 5, 2, 3), lambda: 0.3 };
  const trainingLabels = [0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 6, 6, 6];
  const unnormalised = numbers(6 * 7, 11, 29, 8).map(Math.exp);
  const soft = unnormalised.map((value, at) => {
    const start = at - (at % 7);
    return value / unnormalised.subarray(start, start + 7).reduce((a, b) => a + b, 0);
  });
  const named = { c: 3.5, e: 0.5 };

  test.each<[string, object, Int32Array | Float32Array, MixedLabels | undefined, number]>([
    ["hard", {}, labels, undefined, 3.23300009],
    ["smoothed", { smoothing: 0.1 }, labels, undefined, 3.23761319],
    ["mixed", { smoothing: 0.1 }, labels, mixed, 2.57480069],
    ["soft", { smoothing: 0.1 }, soft, undefined, 3.1210068],
    ["balanced, smoothed", { smoothing: 0.1, classWeights: "balanced" }, labels, undefined, 3.29432675],
    ["named weights", { classWeights: named }, labels, undefined, 6.45001692],
    [
      "named weights of a Map",
      { classWeights: new Map(Object.entries(named)) },
      labels,
      undefined,
      6.45001692,
    ],
    ["bce", { bceLoss: true, smoothing: 0.1 }, labels, undefined, 1.02368732],
    ["bce, sum", { bceLoss: true, bceSum: true, smoothing: 0.1 }, labels, undefined, 7.16581126],
    [
      "bce, mixed, threshold",
      { bceLoss: true, bceTargetThresh: 0.31, smoothing: 0.1 },
      labels,
      mixed,
      0.87273069,
    ],
    ["bce, pos_weight", { bceLoss: true, bcePosWeight: 2, smoothing: 0.1 }, labels, undefined, 1.14068322],
    ["bce, named weights", { bceLoss: true, classWeights: named }, labels, undefined, 1.42450636],
  ])("the loss of %s is PyTorch's", async (_, options, given, partners, expected) => {
    const task = createTask("classification", { outputNames, trainingLabels }, options);
    close(await loss(task, 6, logits, task.targets(given, partners)), expected, 1e-6);
  });

  test("metrics of class ids", () => {
    const meter = createTask("classification", { outputNames }).createMeter();
    meter.add(logits.subarray(0, 4 * 7), Int32Array.of(5, 0, 6, 1));
    meter.add(logits.subarray(4 * 7), Int32Array.of(3, 2));
    const result = meter.result();
    close(result.loss, 3.51425009);
    close(result["top1"], 16.6666667);
    close(result["top5"], 83.3333333);
  });

  test("metrics of probabilities", () => {
    const result = createTask("classification", { outputNames }).createMeter().add(logits, soft);
    close(result.loss, 3.1210068, 1e-6);
    close(result["top1"], 16.6666667);
  });
});

describe("multi-label", () => {
  const outputNames = ["a", "b", "c", "d", "e"];
  const logits = numbers(40 * 5, 7, 23, 4);
  const labels = Float32Array.from(logits, (_, i) => ((i * 13) % 17 < 6 && i % 5 !== 3 ? 1 : 0));
  const trainingLabels = Array.from({ length: 40 }, (_, image) =>
    Array.from(labels.subarray(image * 5, image * 5 + 5), (label, i) => (image === 0 && i === 3 ? 1 : label)),
  );

  test.each<[string, object, number]>([
    ["plain", {}, 0.978595225],
    ["sum", { sumClasses: true }, 4.89297612],
    ["smoothed", { smoothing: 0.2 }, 0.979970225],
    ["balanced", { posWeight: "balanced" }, 1.20312956],
    ["named", { posWeight: { b: 3, e: 0.25 } }, 1.09344707],
  ])("the loss, %s, is PyTorch's", async (_, options, expected) => {
    const task = createTask("multi-label", { outputNames, trainingLabels }, options);
    close(await loss(task, 40, logits, task.targets(labels)), expected, 1e-6);
  });

  test.each([
    [0.5, 41.4285714],
    [0.7, 33.4126984],
  ])("metrics at threshold %f are scikit-learn's", (threshold, f1) => {
    const meter = createTask("multi-label", { outputNames }, { threshold }).createMeter();
    close(meter.add(logits.subarray(0, 65), labels.subarray(0, 65)).loss, meter.means().loss);
    meter.add(logits.subarray(65), labels.subarray(65));
    const result = meter.result();
    close(result.loss, 0.978595225);
    close(result["map"], 42.9270382);
    close(result["f1"], f1);
    const precisions = meter.byOutput();
    expect(precisions.map(({ label, images }) => [label, images])).toEqual([
      ["a", 15],
      ["b", 14],
      ["c", 14],
      ["e", 14],
    ]);
    for (const [index, expected] of [49.9814815, 33.8690845, 38.4490019, 49.4085849].entries()) {
      close(precisions[index]?.value, expected);
    }
  });
});

describe("regression", () => {
  const outputNames = ["a", "b", "c"];
  const outputs = numbers(12 * 3, 37, 101, 32);
  const [factors, offsets] = [
    [1, 0.125, 0],
    [1000, -3, 5],
  ];
  const labels = numbers(12 * 3, 29, 97, 1).map(
    (value, at) => value * (factors?.[at % 3] ?? 0) + (offsets?.[at % 3] ?? 0),
  );
  const trainingLabels = Array.from({ length: 12 }, (_, image) => [
    ...labels.subarray(image * 3, image * 3 + 3),
  ]);

  test("standardises by mean and population deviation", () => {
    const { settings } = createTask("regression", { outputNames, trainingLabels });
    const { mean, std } = settings["standardize"] as { mean: number[]; std: number[] };
    for (const [index, expected] of [1002.08333, -3.15625, 5].entries()) close(mean[index], expected);
    for (const [index, expected] of [31.188829, 3.47615576, 1].entries()) close(std[index], expected);
  });

  test.each<[string, object, number]>([
    ["mse", {}, 1.40705333],
    ["l1", { loss: "l1" }, 0.966133829],
    ["huber", { loss: "huber", delta: 0.5 }, 0.372308291],
    ["mse of raw labels", { standardize: false }, 335139.192],
  ])("the loss %s is PyTorch's, in training and in evaluation", async (_, options, expected) => {
    const task = createTask("regression", { outputNames, trainingLabels }, options);
    close(await loss(task, 12, outputs, task.targets(labels)), expected, 1e-6);
    close(task.createMeter().add(outputs, labels).loss, expected);
  });

  test("metrics are scikit-learn's, in the unit of the labels", () => {
    const meter = createTask("regression", { outputNames, trainingLabels }).createMeter();
    meter.add(outputs.subarray(0, 15), labels.subarray(0, 15));
    meter.add(outputs.subarray(15), labels.subarray(15));
    const result = meter.result();
    close(result["mae"], 14.4935756);
    close(result["r2"], -0.466162491);
    for (const [index, expected] of [39.8381279, 2.83791123, 0.8046875].entries()) {
      expect(meter.byOutput()[index]).toMatchObject({ label: outputNames[index], images: 12 });
      close(meter.byOutput()[index]?.value, expected);
    }
  });

  test("R² of labels that are all the same, and of one image", () => {
    const r2 = (outputs: number[], labels: number[]) => {
      const meter = createTask("regression", { outputNames: ["a"] }).createMeter();
      meter.add(Float32Array.from(outputs), batchLabels(labels));
      return meter.result()["r2"];
    };
    // r2_score([5, 5], [5, 5]), r2_score([5, 5], [5, 4]), r2_score([5], [5])
    expect(r2([5, 5], [5, 5])).toBe(1);
    expect(r2([5, 4], [5, 5])).toBe(0);
    expect(r2([5], [5])).toBeNaN();
    expect(r2([5, Number.NaN], [5, 5])).toBeNaN();
  });
});
