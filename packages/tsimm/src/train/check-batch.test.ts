import { expect, test } from "vitest";
import { checkBatch } from "./check-batch.ts";
import { countedLoader, countedRun } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";

const loader = countedLoader({ length: 3 });
const good = { images: new Uint8Array(6), labels: Int32Array.of(0, 1), size: 2 };

const refused: readonly [name: string, batch: unknown, error: Error][] = [
  ["null", null, new TypeError("fit: batch of the loader must be { images, labels, size }, got null")],
  [
    "images in a list",
    { ...good, images: [1] },
    new TypeError("fit: images of a batch must be a Uint8Array or a Float32Array, got Array"),
  ],
  [
    "labels in a list",
    { ...good, labels: [0, 1] },
    new TypeError(
      "fit: labels of a batch must be an Int32Array or a Float32Array, got Array; convert them by batchLabels",
    ),
  ],
  [
    "no size",
    { ...good, size: undefined },
    new RangeError("fit: size of a batch must be an integer >= 1, got undefined"),
  ],
  [
    "another size",
    { ...good, size: 1 },
    new RangeError("fit: images of a batch must have 1 * 3 * 1 * 1 numbers, got 6"),
  ],
  [
    "a label too many",
    { ...good, labels: Int32Array.of(0, 1, 0) },
    new RangeError("fit: labels of a batch must be of its 2 images, got 3"),
  ],
];

test.each(refused)("a batch with %s is refused", (_, batch, error) => {
  const given = JSON.parse("{}");
  given.batch = batch;
  expect(() => checkBatch("fit", given.batch, loader, 0)).toThrow(error);
});

test("a loader that never ends is refused, in training and in validation", async () => {
  const endless = countedLoader({ length: 2, gives: Number.POSITIVE_INFINITY });
  const error = new RangeError(
    "fit: batches of the loader must be as many as its length, 2, got more; end batches() after them",
  );
  await expect(fit({ ...countedRun(), loader: endless })).rejects.toThrow(error);
  await expect(fit({ ...countedRun(), validation: endless })).rejects.toThrow(error);
});
