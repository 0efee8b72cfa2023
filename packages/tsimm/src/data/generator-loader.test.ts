import { expect, test } from "vitest";
import type { Batch } from "./batch.ts";
import { type GeneratedBatch, type GeneratorLoaderOptions, generatorLoader } from "./generator-loader.ts";

const shape = { length: 3, batchSize: 2, inputSize: [1, 1, 1] } as const;
const batch = (level: number): GeneratedBatch => ({
  images: Uint8Array.of(level, level),
  labels: Int32Array.of(0, 1),
});

async function collect(options: Partial<GeneratorLoaderOptions>, epoch = 0, firstBatch?: number) {
  const loader = generatorLoader({ ...shape, batches: () => [], ...options });
  const batches: Batch[] = [];
  for await (const each of loader.batches(epoch, firstBatch)) batches.push(each);
  return batches;
}

function* sync(epoch: number, firstBatch: number) {
  for (let next = firstBatch; next < 3; next++) yield batch(10 * epoch + next);
}

async function* async(epoch: number, firstBatch: number) {
  for (const each of sync(epoch, firstBatch)) yield await Promise.resolve(each);
}

const list = (epoch: number, firstBatch: number) => [...sync(epoch, firstBatch)];

test.each([
  ["generators", sync],
  ["async generators", async],
  ["functions that give lists", list],
])("batches come from %s, from any batch on", async (_, batches) => {
  expect(generatorLoader({ ...shape, batches })).toMatchObject({ ...shape, samples: 6 });
  const whole = await collect({ batches }, 4);
  expect(whole.map(({ images, size }) => [images[0], size])).toEqual([
    [40, 2],
    [41, 2],
    [42, 2],
  ]);
  expect(whole[0]?.waited).toBeGreaterThanOrEqual(0);
  expect((await collect({ batches }, 4, 2)).map(({ images }) => images[0])).toEqual([42]);
  expect(await collect({ batches }, 4, 3)).toEqual([]);
});

test("the last batch may be smaller; images may be normalised, with several numbers as label", async () => {
  const floats = (count: number) => ({
    ...{ images: new Float32Array(count).fill(0.5), labels: new Float32Array(3 * count).fill(2) },
    indices: new Int32Array(count).fill(4),
  });
  const whole = [floats(2), floats(2), floats(1)];
  const batches = await collect({ samples: 5, input: "float32", batches: () => whole });
  expect(batches.map(({ size }) => size)).toEqual([2, 2, 1]);
  expect(batches).toMatchObject(whole);
});

test("a pass that is left ends the generator", async () => {
  const ended: string[] = [];
  const loader = generatorLoader({
    ...shape,
    *batches() {
      try {
        for (const level of [0, 1, 2]) yield batch(level);
      } finally {
        ended.push("ended");
      }
    },
  });
  for await (const _ of loader.batches(0)) break;
  expect(ended).toEqual(["ended"]);
});

test.each<[readonly GeneratedBatch[], number, string]>([
  [
    [{ ...batch(0), images: Float32Array.of(1, 2) }],
    0,
    "images of a batch must be a Uint8Array as input is uint8, got another; set input",
  ],
  [[batch(0)], 0, "batches(7, 0) must give 3 batches, got 1; begin with batch 0 and end with batch 2"],
  [[], 0, "batches(7, 0) must give 3 batches, got 0; begin with batch 0 and end with batch 2"],
  [
    [batch(0), batch(1), batch(2)],
    1,
    "batches(7, 1) must give 2 batches, got more; begin with batch 1 and end with batch 2",
  ],
  [
    [{ ...batch(0), images: Uint8Array.of(1) }],
    0,
    "images of a batch must have 2 * 1 * 1 * 1 numbers, got 1",
  ],
  [
    [{ ...batch(0), images: new Uint8Array(3) }],
    0,
    "images of a batch must have 2 * 1 * 1 * 1 numbers, got 3",
  ],
  [
    [{ ...batch(0), images: new Uint8Array() }],
    2,
    "images of a batch must have 2 * 1 * 1 * 1 numbers, got 0",
  ],
  [[{ ...batch(0), labels: Int32Array.of(1) }], 0, "labels of a batch must be of its 2 images, got 1"],
  [[{ ...batch(0), labels: new Float32Array(3) }], 0, "labels of a batch must be of its 2 images, got 3"],
  [[{ ...batch(0), labels: new Float32Array() }], 0, "labels of a batch must be of its 2 images, got 0"],
  [[{ ...batch(0), indices: Int32Array.of(1) }], 0, "indices of a batch must be of its 2 images, got 1"],
])("refuses batches %j from %i on", async (batches, firstBatch, message) => {
  await expect(collect({ batches: () => batches }, 7, firstBatch)).rejects.toThrow(
    new RangeError(`generatorLoader: ${message}`),
  );
});

test("what the generator throws comes through", async () => {
  const batches = () => {
    throw new Error("no camera");
  };
  await expect(collect({ batches })).rejects.toThrow("no camera");
});

test.each<[Partial<GeneratorLoaderOptions>, string]>([
  [{ input: "int8" as "uint8" }, 'input must be one of uint8, float32, got "int8"'],
  [{ length: 0 }, "length must be an integer >= 1, got 0"],
  [{ batchSize: 1.5 }, "batchSize must be an integer >= 1, got 1.5"],
  [{ samples: Number.NaN }, "samples must be an integer >= 1, got NaN"],
  [{ inputSize: [1, 1, 0] }, "inputSize must be [C, H, W], integers >= 1, got [1,1,0]"],
])("refuses %j", (options, message) => {
  expect(() => generatorLoader({ ...shape, batches: () => [], ...options })).toThrow(
    new RangeError(`generatorLoader: ${message}`),
  );
});
