import { expect, test } from "vitest";
import type { Batch, Loader } from "../data/batch.ts";
import { silent } from "../listeners/reporter.ts";
import { evaluate } from "./evaluate.ts";

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

async function run(loader: Loader) {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text.replace(/Time: \S+ \(\S+\)/, "Time"));
  const metrics = await evaluate(evaluation, loader, {
    ...{ numClasses: 2, epoch: 0, epochs: 1, logInterval: 50, name: "Test" },
    reporter: { ...silent, info: line, interval: line },
    signal: new AbortController().signal,
  });
  return { metrics, lines };
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
  expect(whole.lines).toHaveLength(2);
  // One image of the first batch and both of the last are missing.
  const partly = await run(loaderOf([[right], [wrong, right]]));
  expect(partly.metrics).toEqual({ loss: 100 / 3, top1: 200 / 3, top5: 100 });
  expect(partly.lines).toEqual([
    "Test: [   0/2]  Time  Loss:   0.000 ( 0.000)  Acc@1: 100.000 (100.000)  Acc@5: 100.000 (100.000)",
    "Test: [   1/2]  Time  Loss:  50.000 (33.333)  Acc@1:  50.000 ( 66.667)  Acc@5: 100.000 (100.000)",
    "Test: 3 of 6 images cannot be read and do not count",
  ]);
});

test("a set of which nothing can be read has no metric", async () => {
  await expect(run(loaderOf([]))).rejects.toThrow("train: no image of the 6 for validation can be read");
});
