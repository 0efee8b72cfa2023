import { expect, test } from "vitest";
import type { Batch, Loader } from "../data/batch.ts";
import { classification } from "../task/classification.ts";
import { type EvaluatedBatch, evaluateLoader } from "./evaluate.ts";

/** A pass of three batches of two images; the rows are [index, label] of those that can be read. */
function loaderOf(batches: readonly (readonly (readonly [number, number])[])[]): Loader {
  return {
    batchSize: 1,
    inputSize: [1, 1, 1],
    length: 3,
    samples: 6,
    async *batches() {
      for (const rows of batches) {
        const batch: Batch = {
          images: Uint8Array.from(rows, ([index]) => index),
          labels: Int32Array.from(rows, ([, label]) => label),
          indices: Int32Array.from(rows, ([index]) => index),
          size: rows.length,
          waited: 0,
        };
        yield batch;
      }
    },
    close: async () => {},
  };
}

/** Every image is of class 0 with certainty. */
const evaluation = {
  run: async (images: Uint8Array | Float32Array) =>
    Float32Array.from({ length: 2 * images.length }, (_, i) => (i % 2 === 0 ? 100 : 0)),
  outputs: async () => ({}),
  close: async () => {},
};

const task = classification.create({ outputNames: ["right", "wrong"] });

async function run(loader: Loader) {
  const batches: EvaluatedBatch[] = [];
  const result = await evaluateLoader(evaluation, loader, task, {
    where: "fit",
    async onBatch(batch) {
      batches.push(batch);
      return true;
    },
  });
  return { ...result, batches };
}

test("means are over the images that can be read, and the log says how many cannot", async () => {
  const right = [0, 0] as const;
  const wrong = [1, 1] as const;
  const whole = await run(
    loaderOf([
      [right, wrong],
      [right, right],
      [wrong, right],
    ]),
  );
  expect(whole.metrics).toEqual({ loss: 200 / 6, top1: 400 / 6, top5: 100 });
  expect(whole.batches.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(whole.unreadable).toBe(0);
  expect(whole.byOutput).toEqual([
    { label: "right", images: 4, value: 100 },
    { label: "wrong", images: 2, value: 0 },
  ]);
  // One image of the first batch and both of the last are missing.
  const partly = await run(loaderOf([[right], [wrong, right]]));
  expect(partly.metrics).toEqual({ loss: 100 / 3, top1: 200 / 3, top5: 100 });
  expect(partly).toMatchObject({ images: 3, unreadable: 3 });
  expect(partly.batches.map(({ batch, means }) => [batch.top1, means.loss])).toEqual([
    [100, 0],
    [50, 100 / 3],
  ]);
});

test("it ends where the callback says so, with nothing", async () => {
  const loader = loaderOf([[[0, 0]], [[0, 0]]]);
  const onBatch = async () => false;
  expect(await evaluateLoader(evaluation, loader, task, { where: "fit", onBatch })).toBe(null);
});

test("a set of which nothing can be read has no metric", async () => {
  await expect(run(loaderOf([]))).rejects.toThrow("fit: no image of the 6 for validation can be read");
});
