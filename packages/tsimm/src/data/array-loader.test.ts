import { expect, test } from "vitest";
import { keyedRandom, permutation } from "../random/keyed-random.ts";
import { type ArrayLoaderOptions, arrayLoader } from "./array-loader.ts";
import type { Batch, Loader } from "./batch.ts";

async function collect(loader: Loader, epoch = 0, firstBatch = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.batches(epoch, firstBatch)) batches.push(batch);
  return batches;
}

/** Image i of 1 × 2 × 1 pixels has the levels 2 i and 2 i + 1. */
const seven: ArrayLoaderOptions = {
  images: Uint8Array.from({ length: 14 }, (_, i) => i),
  inputSize: [1, 2, 1],
  labels: [0, 1, 0, 1, 0, 1, 2],
  batchSize: 3,
};

test("in order, all images come, the last ones in a smaller batch", async () => {
  const loader = arrayLoader(seven);
  expect(loader).toMatchObject({ batchSize: 3, inputSize: [1, 2, 1], input: "uint8", length: 3, samples: 7 });
  const batches = await collect(loader, 5);
  expect(batches.map(({ size }) => size)).toEqual([3, 3, 1]);
  expect(batches.map(({ images }) => images)).toEqual([
    Uint8Array.of(0, 1, 2, 3, 4, 5),
    Uint8Array.of(6, 7, 8, 9, 10, 11),
    Uint8Array.of(12, 13),
  ]);
  expect(batches.map(({ labels }) => labels)).toEqual([
    Int32Array.of(0, 1, 0),
    Int32Array.of(1, 0, 1),
    Int32Array.of(2),
  ]);
  expect(batches[1]?.indices).toEqual(Int32Array.of(3, 4, 5));
  expect(batches[1]?.waited).toBeGreaterThanOrEqual(0);
  expect(await collect(loader, 5, 2)).toMatchObject([{ images: Uint8Array.of(12, 13) }]);
});

test("in training the order is that of createLoader, and a part of a batch is left out", async () => {
  const loader = arrayLoader({ ...seven, training: true, seed: 7 });
  expect(loader).toMatchObject({ length: 2, samples: 6 });
  const order = permutation(7, keyedRandom(7, "shuffle", 1));
  const batches = await collect(loader, 1);
  expect(batches.flatMap(({ indices }) => [...(indices ?? [])])).toEqual([...order.subarray(0, 6)]);
  for (const { images, indices, labels } of batches) {
    expect([...images]).toEqual([...(indices ?? [])].flatMap((index) => [2 * index, 2 * index + 1]));
    expect([...labels]).toEqual([...(indices ?? [])].map((index) => [...seven.labels][index]));
  }
  const plain = ({ images, labels, indices, size }: Batch) => ({ images, labels, indices, size });
  expect((await collect(loader, 1)).map(plain)).toEqual(batches.map(plain));
  expect((await collect(loader, 1, 1)).map(plain)).toEqual(batches.slice(1).map(plain));
  expect(await collect(loader, 1, 2)).toEqual([]);
});

test("balanced training takes every class equally often", async () => {
  const labels = Int32Array.from({ length: 1000 }, (_, i) => (i < 950 ? 0 : 1));
  const images = new Float32Array(1000);
  const options = {
    images,
    labels,
    inputSize: [1, 1, 1],
    batchSize: 100,
    training: true,
    sampling: "balanced",
  } as const;
  const drawn = (await collect(arrayLoader(options))).flatMap((batch) => [...batch.labels]);
  const rare = drawn.filter((label) => label === 1).length;
  // Binomial, n = 1000, p = 1/2: standard deviation 16.
  expect(Math.abs(rare - 500)).toBeLessThan(65);
});

test("normalised images and numbers as labels", async () => {
  const images = Float32Array.from({ length: 12 }, (_, i) => i / 4);
  const lists = [
    [0.5, 1],
    [2, 3],
  ];
  for (const labels of [lists, Float32Array.of(0.5, 1, 2, 3)]) {
    const [batch] = await collect(arrayLoader({ images, inputSize: [3, 1, 2], labels, batchSize: 2 }));
    expect(batch?.images).toEqual(images);
    expect(batch?.labels).toEqual(Float32Array.of(0.5, 1, 2, 3));
  }
});

test("numbers that are no class ids are labels of one output", async () => {
  const batches = await collect(arrayLoader({ ...seven, labels: [1, 2, 3, -0.5, 1, 1, 1] }));
  expect(batches.map(({ labels }) => labels)).toEqual([
    Float32Array.of(1, 2, 3),
    Float32Array.of(-0.5, 1, 1),
    Float32Array.of(1),
  ]);
});

test("a batch is a copy", async () => {
  const [batch] = await collect(arrayLoader(seven));
  batch?.images.fill(9);
  expect(seven.images[0]).toBe(0);
});

test.each<[Partial<ArrayLoaderOptions>, string]>([
  [{ images: new Uint8Array(13) }, "images must have N * 1 * 2 * 1 numbers, N >= 1, got 13"],
  [{ images: new Uint8Array() }, "images must have N * 1 * 2 * 1 numbers, N >= 1, got 0"],
  [{ inputSize: [1, 0, 1] }, "inputSize must be [C, H, W], integers >= 1, got [1,0,1]"],
  [{ labels: [0, 1] }, "labels must have one for each of the 7 images, got 2"],
  [{ labels: new Float32Array(8) }, "labels must have one for each of the 7 images, got 8"],
  [
    { labels: [0, 1, 0, 1, 0, 1, Number.NaN] },
    "labels must all be finite numbers, or all lists of as many numbers, got null at 6",
  ],
  [
    { labels: [0, 1, 0, [1], 0, 1, 1] },
    "labels must all be finite numbers, or all lists of as many numbers, got [1] at 3",
  ],
  [{ batchSize: 0 }, "batchSize must be an integer >= 1, got 0"],
  [
    { batchSize: 8, training: true },
    "batchSize must be at most 7, the number of training images, got 8; choose a smaller batch or add images",
  ],
  [
    { sampling: "balanced" },
    'sampling must be absent without training, got "balanced"; set training to true or leave it out',
  ],
  [
    { sampling: "balanced", training: true, labels: [[0], [1], [2], [3], [4], [5], [6]] },
    'sampling must be shuffle for labels that are numbers, got "balanced"; there are no classes to balance',
  ],
  [
    { shuffle: true } as Partial<ArrayLoaderOptions>,
    'option must be one of images, inputSize, labels, batchSize, training, sampling, seed, got "shuffle"',
  ],
])("refuses %j", (options, message) => {
  expect(() => arrayLoader({ ...seven, ...options })).toThrow(new RangeError(`arrayLoader: ${message}`));
});

test("images of another type are refused", () => {
  expect(() => arrayLoader({ ...seven, images: [1] as unknown as Uint8Array })).toThrow(
    new TypeError("arrayLoader: images must be a Uint8Array [N, H, W, C] or a Float32Array [N, C, H, W]"),
  );
});
