/** Checks of what a loader gives. */
import type { Batch, Loader } from "../data/batch.ts";

/**
 * Refuses a batch that is not what its loader declares, and one too many.
 *
 * @param where - Function named in errors.
 * @param index - Place of the batch in its pass, from 0.
 * @throws TypeError for arrays of another kind, RangeError for sizes that do not fit together.
 */
export function checkBatch(where: string, batch: Batch, { inputSize, length }: Loader, index: number): void {
  if (index >= length) {
    throw new RangeError(
      `${where}: batches of the loader must be as many as its length, ${length}, got more; end batches() after them`,
    );
  }
  if (typeof batch !== "object" || batch === null) {
    throw new TypeError(`${where}: batch of the loader must be { images, labels, size }, got ${batch}`);
  }
  const { images, labels, size } = batch;
  if (!(images instanceof Uint8Array || images instanceof Float32Array)) {
    throw new TypeError(
      `${where}: images of a batch must be a Uint8Array or a Float32Array, got ${kindOf(images)}`,
    );
  }
  if (!(labels instanceof Int32Array || labels instanceof Float32Array)) {
    throw new TypeError(
      `${where}: labels of a batch must be an Int32Array or a Float32Array, got ${kindOf(labels)}; convert them by batchLabels`,
    );
  }
  if (!(Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(`${where}: size of a batch must be an integer >= 1, got ${size}`);
  }
  const [channels, height, width] = inputSize;
  if (images.length !== size * channels * height * width) {
    throw new RangeError(
      `${where}: images of a batch must have ${size} * ${inputSize.join(" * ")} numbers, got ${images.length}`,
    );
  }
  if (labels.length > 0 && labels.length % size === 0) return;
  throw new RangeError(`${where}: labels of a batch must be of its ${size} images, got ${labels.length}`);
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : String(value);
}
