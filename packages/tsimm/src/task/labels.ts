/** Labels of images. */

/** Label of an image: a class id, or one number per output of the model. */
export type Label = number | readonly number[];

/** Labels of a batch: class ids, int32 [B], or one number per output, float32 [B, outputs]. */
export type Labels = Int32Array | Float32Array;

/**
 * Labels of several images as one array.
 *
 * @param labels - All of one kind; of the second kind all with the same count of numbers.
 * @returns int32 [B] of whole numbers, such as class ids; float32 [B] of other numbers; float32 [B, outputs] of lists.
 * @example
 * batchLabels([2, 0]); // => Int32Array [2, 0]
 * batchLabels([0.5, 2]); // => Float32Array [0.5, 2]
 * batchLabels([[0.5, 1], [2, 3]]); // => Float32Array [0.5, 1, 2, 3]
 */
export function batchLabels(labels: readonly Label[]): Labels {
  return labels.every(isInt32) ? Int32Array.from(labels) : Float32Array.from(labels.flat());
}

/**
 * Refuses labels of a batch in another kind of array: a list, or ids as uint8.
 *
 * @param where - Task named in errors.
 * @throws TypeError
 */
export function checkLabelArray(where: string, labels: unknown): void {
  if (labels instanceof Int32Array || labels instanceof Float32Array) return;
  const got = typeof labels === "object" && labels !== null ? labels.constructor.name : String(labels);
  throw new TypeError(
    `${where}: labels must be an Int32Array or a Float32Array, got ${got}; convert them by batchLabels`,
  );
}

function isInt32(label: Label): label is number {
  return typeof label === "number" && label === (label | 0);
}
