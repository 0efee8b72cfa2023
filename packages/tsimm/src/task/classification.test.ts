import { encodeModel, GraphBuilder, trainingGraph } from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { classification } from "./classification.ts";
import { denseTargets } from "./dense-targets.ts";

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

test("a meter adds up cross-entropies and hits", () => {
  const meter = classification.create({ outputNames }).createMeter();
  const logits = [
    [0, 0, Math.log(2)],
    [0, 5, 0],
    [3, 1, 0],
  ];
  const loss = (row: number, label: number) => {
    const exps = (logits[row] ?? []).map(Math.exp);
    return -Math.log((exps[label] ?? Number.NaN) / exps.reduce((sum, exp) => sum + exp, 0));
  };
  const first = meter.add(Float32Array.from(logits.slice(0, 2).flat()), Int32Array.of(2, 0));
  expect(first.loss).toBeCloseTo((loss(0, 2) + loss(1, 0)) / 2, 6);
  expect(first).toMatchObject({ top1: 50, top5: 100 });
  const second = meter.add(Float32Array.from(logits.slice(2).flat()), Int32Array.of(0));
  expect(second.loss).toBeCloseTo(loss(2, 0), 6);
  expect(second).toMatchObject({ top1: 100, top5: 100 });
  const all = meter.result();
  expect(all.loss).toBeCloseTo((2 * first.loss + second.loss) / 3, 9);
  expect(all).toMatchObject({ top1: 200 / 3, top5: 100 });
  expect(meter.means()).toEqual(all);
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
