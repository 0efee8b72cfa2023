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

const task = classification.create({ outputNames: ["a", "b"] });

/** Evaluates; ends after so many batches. */
async function run(loader: Loader, most = Number.POSITIVE_INFINITY) {
  const batches: EvaluatedBatch[] = [];
  const result = await evaluateLoader(evaluation, loader, task, {
    where: "evaluate",
    async onBatch(batch) {
      batches.push(batch);
      return batches.length < most;
    },
  });
  return { result, batches };
}

const right = [0, 0] as const;
const wrong = [1, 1] as const;

test("metrics are of all images, and the images that cannot be read are counted", async () => {
  const whole = await run(
    loaderOf([
      [right, wrong],
      [right, right],
      [wrong, right],
    ]),
  );
  expect(whole.result).toMatchObject({
    ...{ metrics: { loss: 200 / 6, top1: 400 / 6, top5: 100 }, images: 6, unreadable: 0 },
    byOutput: [
      { label: "a", images: 4, value: 100 },
      { label: "b", images: 2, value: 0 },
    ],
  });
  // One image of the first batch and both of the last are missing.
  const partly = await run(loaderOf([[right], [wrong, right]]));
  expect(partly.result).toMatchObject({
    ...{ metrics: { loss: 100 / 3, top1: 200 / 3, top5: 100 }, images: 3, unreadable: 3 },
  });
  expect(partly.batches).toMatchObject([
    { index: 0, batches: 3, images: 1, batch: { loss: 0, top1: 100 }, means: { loss: 0, top1: 100 } },
    {
      index: 1,
      batches: 3,
      images: 2,
      batch: { loss: 50, top1: 50 },
      means: { loss: 100 / 3, top1: 200 / 3 },
    },
  ]);
});

test("an evaluation ends where it is asked to, and is whole after the last batch", async () => {
  const loader = loaderOf([[right], [right], [right]]);
  expect(await run(loader, 2)).toMatchObject({ result: null, batches: [{ index: 0 }, { index: 1 }] });
  expect((await run(loader, 3)).result).toMatchObject({ images: 3 });
});

test("a set of which nothing can be read has no metric", async () => {
  await expect(run(loaderOf([]))).rejects.toThrow(
    new RangeError("evaluate: no image of the 6 for validation can be read"),
  );
  await expect(run({ ...loaderOf([]), samples: 0 })).rejects.toThrow(
    new RangeError("evaluate: the loader must have at least one image, got none"),
  );
});
