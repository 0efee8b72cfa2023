/** Dense classification targets. */

/**
 * Smoothed one-hot targets: 1 - s + s / C for the label, s / C elsewhere.
 *
 * @param labels - Class ids in [0, C).
 * @param numClasses - C.
 * @param smoothing - s in [0, 1]; 0 gives one-hot rows.
 * @throws RangeError for a label, a number of classes or a smoothing out of range.
 * @returns float32 [B, C], row-major; every row sums to 1.
 * @example
 * denseTargets([1], 4, 0.5); // => Float32Array [0.125, 0.625, 0.125, 0.125]
 */
export function denseTargets(labels: ArrayLike<number>, numClasses: number, smoothing: number): Float32Array {
  if (!(Number.isSafeInteger(numClasses) && numClasses >= 1)) {
    throw new RangeError(`denseTargets: numClasses must be an integer >= 1, got ${numClasses}`);
  }
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new RangeError(`denseTargets: smoothing must be a number in [0, 1], got ${smoothing}`);
  }
  const targets = new Float32Array(labels.length * numClasses).fill(smoothing / numClasses);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? Number.NaN;
    if (!(Number.isInteger(label) && label >= 0 && label < numClasses)) {
      throw new RangeError(
        `denseTargets: labels[${row}] must be a class in [0, ${numClasses - 1}], got ${label}`,
      );
    }
    targets[row * numClasses + label] = 1 - smoothing + smoothing / numClasses;
  }
  return targets;
}
