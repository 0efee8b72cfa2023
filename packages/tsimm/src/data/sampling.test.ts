import { expect, test } from "vitest";
import { keyedRandom, permutation } from "../random/keyed-random.ts";
import type { Label } from "../task/labels.ts";
import type { LabelledImages } from "./image-dataset.ts";
import { balancedGroups, createSampler, labelCounts, type Sampling, samplesOfEpoch } from "./sampling.ts";

const of = (labels: readonly Label[], classes: number): LabelledImages => ({
  classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
  samples: labels.map((label) => ({ path: "", label })),
});

/** 900 images of class 0, 90 of 1, 10 of 2, none of 3. */
const uneven = of(
  Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i < 990 ? 1 : 2)),
  4,
);

test("shuffled epochs are permutations keyed by seed and epoch", () => {
  const order = createSampler("f", uneven, { sampling: "shuffle", seed: 42 });
  expect(order(3).indices).toEqual(permutation(1000, keyedRandom(42, "shuffle", 3)));
  expect(order(3).keys).toEqual(order(3).indices);
});

test("balanced epochs have each class equally often, and each of its images", () => {
  const order = createSampler("f", uneven, { sampling: "balanced", seed: 42 });
  const perClass = [0, 0, 0, 0];
  const perImage = new Uint32Array(1000);
  for (let epoch = 0; epoch < 30; epoch++) {
    const { indices, keys } = order(epoch);
    expect(indices).toHaveLength(1000);
    expect(new Set(keys).size).toBe(1000);
    for (const index of indices) {
      const label = uneven.samples[index]?.label;
      if (typeof label === "number") perClass[label] = (perClass[label] ?? 0) + 1;
      perImage[index] = (perImage[index] ?? 0) + 1;
    }
  }
  // Binomial, n = 30,000, p = 1/3: standard deviation 82.
  for (const count of perClass.slice(0, 3)) expect(Math.abs(count - 10_000)).toBeLessThan(330);
  expect(perClass[3]).toBe(0);
  // An image of class 2: 1000 draws expected, standard deviation 31.
  for (const count of perImage.subarray(990)) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("balanced epochs depend on seed and epoch alone", () => {
  const indices = (seed: number, epoch: number) =>
    createSampler("f", uneven, { sampling: "balanced", seed })(epoch).indices;
  expect(indices(1, 2)).toEqual(indices(1, 2));
  expect(indices(1, 2)).not.toEqual(indices(1, 3));
  expect(indices(1, 2)).not.toEqual(indices(2, 2));
  expect([...indices(42, 0).subarray(0, 8)]).toMatchInlineSnapshot(`
    [
      862,
      994,
      8,
      994,
      986,
      943,
      993,
      955,
    ]
  `);
});

test("of an image with several labels the rarest one counts; images without any are a group", () => {
  const labels = [
    [1, 0, 1],
    [1, 1, 0],
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
    [0, 0, 1],
  ];
  const images = of(labels, 3);
  expect(labelCounts(images)).toEqual([3, 2, 2]);
  expect(balancedGroups(images).map((group) => [...group])).toEqual([[2, 5], [3], [1, 4], [0, 6]]);
});

test("counts images per class", () => {
  expect(labelCounts(uneven)).toEqual([900, 90, 10, 0]);
});

test.each<[LabelledImages, Sampling, string]>([
  [
    of([[0.5], [1]], 1),
    "balanced",
    'f: sampling must be shuffle for labels that are numbers, got "balanced"; there are no classes to balance',
  ],
  [of([0], 1), "even" as Sampling, 'f: sampling must be one of shuffle, balanced, got "even"'],
  [of([0, 3], 2), "balanced", "labelCounts: labels must be of 2 classes, got 3"],
  [of([[0, 0, 1]], 2), "balanced", "labelCounts: labels must be of 2 classes, got [0,0,1]"],
])("refuses %j, %s", (images, sampling, message) => {
  expect(() => createSampler("f", images, { sampling, seed: 1 })).toThrow(new RangeError(message));
});

test("counts of numbers are refused", () => {
  expect(() => labelCounts(of([[0.5]], 1))).toThrow(
    new RangeError("labelCounts: labels must be class ids or lists of 0 and 1, got numbers"),
  );
});

test("repeated epochs take the shuffled order, each sample in succession, up to a multiple of 256", () => {
  const shuffled = permutation(1000, keyedRandom(42, "shuffle", 3));
  const order = (repeats: number) =>
    createSampler("f", uneven, { sampling: "shuffle", seed: 42, repeats })(3);
  const { indices, keys } = order(3);
  // floor(1000 / 256) * 256.
  expect(indices).toHaveLength(768);
  expect([...indices]).toEqual(Array.from({ length: 768 }, (_, i) => shuffled[Math.floor(i / 3)]));
  expect(new Set(keys).size).toBe(768);
  expect([...order(1.5).indices.subarray(0, 6)]).toEqual([0, 0, 1, 2, 2, 3].map((i) => shuffled[i]));
  expect([
    samplesOfEpoch(1000, 3),
    samplesOfEpoch(1000),
    samplesOfEpoch(255, 3),
    samplesOfEpoch(256, 3),
  ]).toEqual([768, 1000, 255, 256]);
});
