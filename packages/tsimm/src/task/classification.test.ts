import { encodeModel, GraphBuilder, trainingGraph } from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { classification } from "./classification.ts";
import { denseTargets } from "./dense-targets.ts";
import { scoreLogits } from "./metrics.ts";

const outputNames = ["cat", "dog", "owl"];

test("hard and smoothed targets are those of denseTargets, mixed ones mix them", () => {
  const task = classification.create({ outputNames }, { smoothing: 0.1 });
  const [labels, partners] = [Int32Array.of(2, 0), Int32Array.of(0, 2)];
  const [own, others] = [denseTargets(labels, 3, 0.1), denseTargets(partners, 3, 0.1)];
  expect(task.targets(labels)).toEqual(own);
  expect(task.targets(labels, { labels: partners, lambda: 0.3 })).toEqual(
    own.map((share, i) => 0.3 * share + (1 - 0.3) * (others[i] ?? 0)),
  );
});

test("trains on the graph of the default loss, byte for byte", () => {
  const { loss } = classification.create({ outputNames }, { smoothing: 0.1 });
  const builder = new GraphBuilder("linear");
  const x = builder.input("input", "float32", [2, 5]);
  builder.output(builder.op("MatMul", [x, builder.input("w", "float32", [5, 3])]), "logits");
  const [forward, parameters] = [builder.build(), ["w"]];
  expect(encodeModel(trainingGraph(forward, { parameters, loss }).graph)).toEqual(
    encodeModel(trainingGraph(forward, { parameters }).graph),
  );
});

test("a meter sums up as scoreLogits does", () => {
  const task = classification.create({ outputNames });
  const meter = task.createMeter();
  const batches = [
    { outputs: Float32Array.of(0.3, 1.7, -2, 0.1, 0.2, 0.4), labels: Int32Array.of(1, 0) },
    { outputs: Float32Array.of(3.3, -1.1, 0.7), labels: Int32Array.of(2) },
  ];
  const sums = batches.map(({ outputs, labels }) => scoreLogits(outputs, labels, 3));
  const values = batches.map(({ outputs, labels }) => meter.add(outputs, labels));
  for (const [index, { loss, top1, top5, images }] of sums.entries()) {
    expect(values[index]).toEqual({
      loss: loss / images,
      top1: (100 * top1) / images,
      top5: (100 * top5) / images,
    });
  }
  const loss = sums.reduce((sum, batch) => sum + batch.loss, 0);
  expect(meter.result()).toEqual({ loss: loss / 3, top1: 100 / 3, top5: 100 });
  expect(meter.means()).toEqual(meter.result());
  expect(meter.images).toBe(3);
});

test("of equal logits the first class ranks higher, and a NaN never hits", () => {
  const task = classification.create({ outputNames });
  const score = (logits: number[], label: number) =>
    task.createMeter().add(Float32Array.from(logits), Int32Array.of(label))["top1"];
  expect(score([1, 1, 0], 0)).toBe(100);
  expect(score([1, 1, 0], 1)).toBe(0);
  expect(score([Number.NaN, 0, 0], 0)).toBe(0);
  expect(task.describe(Float32Array.of(0, 1, 1), 2).map(({ label }) => label)).toEqual(["dog", "owl"]);
});

test("the class of probabilities is the largest, of equal ones the first", () => {
  const meter = classification.create({ outputNames }).createMeter();
  meter.add(Float32Array.of(9, 0, 0, 0, 0, 9), Float32Array.of(0.5, 0.5, 0, 0.2, 0.3, 0.5));
  expect(meter.result()["top1"]).toBe(100);
});

test("tells the accuracy of each class that there are images of", () => {
  const meter = classification.create({ outputNames }).createMeter();
  meter.add(Float32Array.of(9, 0, 0, 0, 9, 0), Int32Array.of(0, 0));
  meter.add(Float32Array.of(0, 0, 9), Int32Array.of(2));
  expect(meter.byOutput()).toEqual([
    { label: "cat", images: 2, value: 50 },
    { label: "owl", images: 1, value: 100 },
  ]);
});

test("label smoothing raises the training loss alone", () => {
  expect(classification.create({ outputNames }, { smoothing: 0.1 }).raisesLoss).toEqual([
    "label smoothing 0.1",
  ]);
  expect(classification.create({ outputNames }).raisesLoss).toEqual([]);
});
