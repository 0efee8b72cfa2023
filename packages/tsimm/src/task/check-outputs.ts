/** Shape of what a meter takes in. */

/**
 * Refuses outputs that are not of the images that the labels are of.
 *
 * @param where - Task named in errors.
 * @param outputs - float32 [B, outputs].
 * @param images - B, by the labels.
 * @param width - Number of outputs.
 * @throws RangeError if there are more or fewer outputs.
 */
export function checkOutputs(where: string, outputs: Float32Array, images: number, width: number): void {
  if (outputs.length === images * width) return;
  throw new RangeError(
    `${where}: outputs must be ${width} numbers for each of ${images} images, ${images * width} in all, got ${outputs.length}`,
  );
}

/**
 * Refuses an output of an image that is not of the task's length.
 *
 * @param where - Task named in errors.
 * @throws RangeError if there are more or fewer numbers than names.
 */
export function checkOutput(where: string, output: Float32Array, width: number): void {
  if (output.length === width) return;
  throw new RangeError(
    `${where}: output must have ${width} numbers, one for each name, got ${output.length}`,
  );
}
