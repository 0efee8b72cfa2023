import { expect, test } from "vitest";
import type { Loader } from "../batch.ts";
import { createLoader } from "../loader.ts";
import { memoryDataset } from "../memory-dataset.ts";
import type { TransformOptions } from "../transforms/transform.ts";
import { createFeatureLoader, createFeatureValidation, featureRows } from "./feature-loader.ts";
import { createFeatureStore } from "./feature-store.ts";

const [count, side] = [10, 4];
/** Image i is i everywhere, but 100 + i in its left column. */
const images = Array.from({ length: count }, (_, i) => ({
  ...{ width: side, height: side, channels: 1 as const },
  data: Uint8Array.from({ length: side * side }, (_, p) => (p % side === 0 ? 100 + i : i)),
}));
const labels = images.map((_, i) => i % 3);
const dataset = memoryDataset({ images, labels, classNames: ["a", "b", "c"] });
const transform: TransformOptions = {
  training: false,
  ...{ inputSize: [1, side, side], cropPct: 1, interpolation: "bilinear" },
};

/** A loader of two features, the first and the last pixel, and the images that were computed. */
async function featuresOf({ hflip = 0, crops = 1, batchSize = 4 } = {}) {
  const computed: number[] = [];
  const compute = async (pixels: Uint8Array, size: number) => {
    const rows = Array.from({ length: size }, (_, i) => {
      const image = pixels.subarray(i * side * side, (i + 1) * side * side);
      computed.push(image[1] ?? Number.NaN);
      return [image[0] ?? Number.NaN, image[side - 1] ?? Number.NaN];
    });
    return Float32Array.from(rows.flat());
  };
  const reader = createLoader(dataset, { batchSize: 3, transform, workers: 0, seed: 5 });
  const store = await createFeatureStore({ rows: featureRows(dataset, { crops, hflip }), width: 2 });
  const loader = createFeatureLoader(dataset, {
    ...{ batchSize, images: reader, crops, hflip, sampling: "shuffle", seed: 5, width: 2, store, compute },
  });
  return { loader, computed, reader, compute };
}

async function all(loader: Loader, epoch: number, firstBatch?: number) {
  const batches = [];
  for await (const batch of loader.batches(epoch, firstBatch)) batches.push(batch);
  return batches;
}

test("its order is that of a loader of images, and an image is computed once", async () => {
  const { loader, computed } = await featuresOf();
  expect(loader).toMatchObject({ length: 2, samples: 8, inputSize: [2, 1, 1], input: "float32" });
  const pixels = createLoader(dataset, {
    ...{ batchSize: 4, seed: 5, workers: 0 },
    transform: { training: true, inputSize: [1, side, side], noAug: true },
  });
  for (const epoch of [0, 1, 2]) {
    const [batches, expected] = [await all(loader, epoch), await all(pixels, epoch)];
    expect(batches.map((batch) => batch.indices)).toEqual(expected.map((batch) => batch.indices));
    expect(batches.map((batch) => batch.labels)).toEqual(expected.map((batch) => batch.labels));
    for (const batch of batches) {
      expect([...batch.images]).toEqual([...(batch.indices ?? [])].flatMap((i) => [100 + i, i]));
    }
  }
  expect(computed.length).toBe(new Set(computed).size);
});

test("a later batch of an epoch is that of the whole epoch", async () => {
  const [{ loader }, { loader: other, computed }] = [await featuresOf(), await featuresOf()];
  const [, second] = await all(loader, 1);
  const [only] = await all(other, 1, 1);
  expect({ ...only, waited: 0 }).toEqual({ ...second, waited: 0 });
  expect(computed).toHaveLength(4);
});

test("mirror images are drawn anew in each epoch", async () => {
  const { loader, computed } = await featuresOf({ hflip: 0.5 });
  const seen = new Map<number, Set<number>>();
  for (let epoch = 0; epoch < 12; epoch++) {
    for (const { images: features, indices = new Int32Array() } of await all(loader, epoch)) {
      for (const [place, index] of indices.entries()) {
        const pair = [features[2 * place], features[2 * place + 1]];
        const isMirrored = pair[0] === index;
        expect(pair).toEqual(isMirrored ? [index, 100 + index] : [100 + index, index]);
        seen.set(index, (seen.get(index) ?? new Set()).add(Number(isMirrored)));
      }
    }
  }
  expect([...seen.values()].every((sides) => sides.size === 2)).toBe(true);
  expect(computed.length).toBe(2 * count);
});

test("validation is computed in its first whole pass", async () => {
  const { reader, computed, compute } = await featuresOf();
  const loader = createFeatureValidation(reader, 2, compute);
  for await (const _ of loader.batches(0)) break;
  const [first, second] = [await all(loader, 0), await all(loader, 1)];
  expect(second).toEqual(first);
  expect(first.flatMap((batch) => [...batch.labels])).toEqual(labels);
  expect(first.map(({ size }) => size)).toEqual([3, 3, 3, 1]);
  expect(computed).toHaveLength(3 + count);
});
