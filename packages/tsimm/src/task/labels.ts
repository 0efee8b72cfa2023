/** What an image is labelled with. */

/** Label of an image: a class id, or one number per output of the model. */
export type Label = number | readonly number[];

/** Labels of a batch: class ids, int32 [B], or one number per output, float32 [B, outputs]. */
export type Labels = Int32Array | Float32Array;

/**
 * Labels of several images as one array.
 *
 * @param labels - All of one kind; of the second kind all with the same count of numbers.
 * @returns int32 [B] of class ids, or float32 [B, outputs].
 * @example
 * batchLabels([2, 0]); // => Int32Array [2, 0]
 * batchLabels([[0.5, 1], [2, 3]]); // => Float32Array [0.5, 1, 2, 3]
 */
export function batchLabels(labels: readonly Label[]): Labels {
  return labels.every((label) => typeof label === "number")
    ? Int32Array.from(labels)
    : Float32Array.from(labels.flat());
}
