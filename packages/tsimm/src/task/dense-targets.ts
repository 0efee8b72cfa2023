/** Dense classification targets. */

/**
 * Smoothed one-hot targets: 1 - s + s / C for the label, s / C elsewhere.
 *
 * @param labels - Class ids in [0, C).
 * @param numClasses - C.
 * @param smoothing - s in [0, 1]; 0 gives one-hot rows.
 * @returns float32 [B, C], row-major; every row sums to 1.
 * @example
 * denseTargets([1], 4, 0.5); // => Float32Array [0.125, 0.625, 0.125, 0.125]
 */
export function denseTargets(labels: ArrayLike<number>, numClasses: number, smoothing: number): Float32Array {
  const targets = new Float32Array(labels.length * numClasses).fill(smoothing / numClasses);
  for (let row = 0; row < labels.length; row++) {
    targets[row * numClasses + (labels[row] ?? 0)] = 1 - smoothing + smoothing / numClasses;
  }
  return targets;
}
