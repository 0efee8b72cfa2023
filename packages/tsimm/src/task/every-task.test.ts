/** What every task holds to: those that are built in, and one of a user's own. */
import { describe, expect, test } from "vitest";
import { defineTask } from "./define-task.ts";
import type { Labels } from "./labels.ts";
import { lossOf } from "./run-loss.fixture.ts";
import { createTask, findTask, listTasks, registerTask } from "./tasks.ts";

registerTask(
  defineTask({
    name: "own-task",
    create: (context) => ({ ...createTask("regression", context, { loss: "l1" }), name: "own-task" }),
  }),
);

interface Row {
  readonly options?: object;
  /** Of six images. */
  readonly labels: Labels;
  readonly trainingLabels: readonly (number | readonly number[])[];
  /** What the labels of an image are of: numbers per image. */
  readonly width: number;
}

const outputNames = ["cat", "dog", "owl"];
const classes: Row = { labels: Int32Array.of(2, 0, 1, 1, 0, 2), trainingLabels: [0, 1, 1, 2], width: 1 };
const probabilities: Row = {
  labels: Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0, 1, 0, 0, 0.25, 0.5, 0.25),
  trainingLabels: [
    [0.5, 0.5, 0],
    [0, 0, 1],
  ],
  width: 3,
};
const flags: Row = {
  labels: Float32Array.of(1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0),
  trainingLabels: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 1],
  ],
  width: 3,
};
const numbers: Row = {
  labels: Float32Array.of(3, 40, 0.5, 5, 20, 0.25, 4, 10, 0.125, 6, 70, 0.75, 3.5, 60, 1, 4.5, 30, 2),
  trainingLabels: [
    [3, 20, 1],
    [5, 60, 0],
    [4, 25, 0.5],
  ],
  width: 3,
};

const rows: readonly (readonly [name: string, what: string, row: Row])[] = [
  ["classification", "class ids", classes],
  [
    "classification",
    "class ids, weights",
    { ...classes, options: { classWeights: "balanced", smoothing: 0.1 } },
  ],
  ["classification", "probabilities", probabilities],
  ["classification", "bce", { ...classes, options: { bceLoss: true, bcePosWeight: 3, smoothing: 0.2 } }],
  ["classification", "bce, sum", { ...classes, options: { bceLoss: true, bceSum: true } }],
  ["multi-label", "plain", flags],
  [
    "multi-label",
    "weights",
    { ...flags, options: { posWeight: "balanced", threshold: 0.25, smoothing: 0.1 } },
  ],
  ["regression", "mse", numbers],
  ["regression", "l1", { ...numbers, options: { loss: "l1" } }],
  ["regression", "huber", { ...numbers, options: { loss: "huber", delta: 0.5, standardize: false } }],
  ["own-task", "defaults", numbers],
];

test("the table has every task", () => {
  expect([...new Set(rows.map(([name]) => name))]).toEqual(listTasks());
});

/** Exact in float32; of six images. */
const outputs = Float32Array.from({ length: 18 }, (_, i) => (((i * 37) % 101) - 50) / 32);

describe.each(rows)("%s, %s", (name, _, { options = {}, labels, trainingLabels, width }) => {
  const task = createTask(name, { outputNames, trainingLabels }, options);
  const names = task.metrics.map((metric) => metric.name);
  /** Images from `first` to `end`. */
  const part = (first: number, end: number) =>
    [outputs.slice(first * 3, end * 3), labels.slice(first * width, end * width)] as const;

  test("has loss as its first metric, and ranks epochs by one of them", () => {
    expect(task.name).toBe(name);
    expect(task.outputNames).toEqual(outputNames);
    expect(names[0]).toBe("loss");
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(task.metric);
  });

  test("gives one target per output, as a fresh array, and leaves labels alone", () => {
    const before = labels.slice();
    const targets = task.targets(labels);
    expect(targets).toBeInstanceOf(Float32Array);
    expect(targets).toHaveLength(6 * 3);
    expect(targets.every(Number.isFinite)).toBe(true);
    targets.fill(7);
    expect(labels).toEqual(before);
    expect(task.targets(labels)).not.toEqual(targets);
  });

  test("mixes targets as it mixes images", () => {
    const partners = labels.slice(width * 3);
    const [own, others] = [task.targets(labels.slice(0, width * 3)), task.targets(partners)];
    const mixed = task.targets(labels.slice(0, width * 3), { labels: partners, lambda: 0.25 });
    expect(mixed).toEqual(own.map((target, i) => 0.25 * target + 0.75 * (others[i] ?? Number.NaN)));
  });

  test("yields the gradient of its loss", async () => {
    const run = await lossOf(task, 6);
    const target = task.targets(labels);
    const { gradient } = await run(outputs, target);
    for (const index of outputs.keys()) {
      const moved = async (distance: number) =>
        (
          await run(
            outputs.map((output, other) => output + (other === index ? distance : 0)),
            target,
          )
        ).loss;
      const step = 2 ** -6;
      const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step);
      expect(Math.abs(numeric - (gradient[index] ?? Number.NaN))).toBeLessThan(
        2e-3 * Math.max(1, Math.abs(numeric)),
      );
    }
  });

  test("measures all its metrics, those of a batch as those of all", () => {
    const meter = task.createMeter();
    const batch = meter.add(...part(0, 6));
    expect(names).toEqual(expect.arrayContaining(Object.keys(batch)));
    expect(meter.means()).toEqual(batch);
    expect(Object.keys(meter.result()).toSorted()).toEqual(names.toSorted());
    expect(meter.result()).toMatchObject(batch);
    expect(meter.images).toBe(6);
  });

  test("measures the same in one batch and in several, from arrays that are used again", () => {
    const [whole, parts] = [task.createMeter(), task.createMeter()];
    whole.add(...part(0, 6));
    const again = new Float32Array(6);
    for (const first of [0, 2, 4]) {
      const [values, own] = part(first, first + 2);
      again.set(values);
      parts.add(again, own);
    }
    for (const name of names)
      expect(parts.result()[name]).toBeCloseTo(whole.result()[name] ?? Number.NaN, 10);
    expect(parts.byOutput()).toHaveLength(whole.byOutput().length);
  });

  test("measures its outputs one by one", () => {
    const meter = task.createMeter();
    expect(meter.byOutput()).toEqual([]);
    meter.add(...part(0, 6));
    const all = meter.byOutput();
    expect(all.length > 0).toBe(task.outputMetric !== null);
    for (const { label, images, value } of all) {
      expect(outputNames).toContain(label);
      expect(images).toBeGreaterThan(0);
      expect(value).not.toBeNaN();
    }
  });

  test("says what its answers are: probabilities where it has classes or labels", () => {
    const { kind } = task.answers ?? { kind: "numbers" };
    const values = task.describe(outputs.slice(3, 6), 3).map(({ value }) => value);
    const areProbabilities = values.every((value) => value >= 0 && value <= 1);
    expect(areProbabilities).toBe(kind !== "numbers");
    if (kind === "class") expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  test("says no more than it is asked, of outputs that have names", () => {
    const output = outputs.slice(0, 3);
    for (const most of [1, 2, 3, 5]) expect(task.describe(output, most)).toHaveLength(Math.min(most, 3));
    expect(new Set(task.describe(output, 3).map(({ label }) => label))).toEqual(new Set(outputNames));
    expect(output).toEqual(outputs.slice(0, 3));
  });

  test("describes outputs the same when it is made from its settings, which are JSON", () => {
    const settings: object = JSON.parse(JSON.stringify(task.settings));
    expect(settings).toEqual(task.settings);
    const again = name === "own-task" ? task : findTask("test", name).create({ outputNames }, settings);
    expect(again.settings).toEqual(task.settings);
    expect(again.describe(outputs.slice(3, 6), 3)).toEqual(task.describe(outputs.slice(3, 6), 3));
  });

  test("tells of outputs that are not of the labels' images", () => {
    expect(() => task.createMeter().add(outputs.slice(1), labels)).toThrow(
      /: outputs must be 3 numbers for each of 6 images, 18 in all, got 17$/,
    );
    expect(() => task.describe(outputs, 1)).toThrow(
      /: output must have 3 numbers, one for each name, got 18$/,
    );
  });

  test("tells of partners that are not of the labels' images", () => {
    const mixed = { labels: labels.slice(width), lambda: 0.5 };
    expect(() => task.targets(labels, mixed)).toThrow(
      /: mixed.labels must be of as many images as labels, got 15 numbers for 18$/,
    );
    expect(() => task.targets(labels, { labels, lambda: Number.NaN })).toThrow(
      /: mixed.lambda must be a number in \[0, 1\], got NaN$/,
    );
  });
});
