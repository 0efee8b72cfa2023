/** Loss and accuracy of logits. */

/** Sums over images; divide by `images` for means. */
export interface MetricSums {
  /** Sum of cross-entropies. */
  readonly loss: number;
  /** Images whose label has the largest logit. */
  readonly top1: number;
  /** Images whose label is among the five largest logits (or all, with fewer classes). */
  readonly top5: number;
  readonly images: number;
}

/**
 * Plain cross-entropy and top-1, top-5 hits. Of equal logits the first class ranks higher; a NaN never hits.
 *
 * @param logits - float32 [B, C], row-major.
 * @param labels - Class ids, [B].
 * @param numClasses - C.
 * @example
 * const sums = scoreLogits(new Float32Array([2, 1, 0, 3]), [0, 0], 2);
 * sums.top1; // => 1
 * sums.top5; // => 2
 */
export function scoreLogits(logits: Float32Array, labels: ArrayLike<number>, numClasses: number): MetricSums {
  let loss = 0;
  let top1 = 0;
  let top5 = 0;
  for (let image = 0; image < labels.length; image++) {
    const row = logits.subarray(image * numClasses, (image + 1) * numClasses);
    const label = labels[image] ?? 0;
    const own = row[label] ?? Number.NaN;
    loss += logSumExp(row) - own;
    const rank = rankOf(row, label);
    if (rank < 1) top1++;
    if (rank < 5) top5++;
  }
  return { loss, top1, top5, images: labels.length };
}

/** Adds two sums. */
export function addSums(a: MetricSums, b: MetricSums): MetricSums {
  return { loss: a.loss + b.loss, top1: a.top1 + b.top1, top5: a.top5 + b.top5, images: a.images + b.images };
}

/**
 * Probabilities of one row of logits.
 *
 * @param logits - float32 [C].
 * @returns Probabilities [C], summing to 1.
 */
export function softmax(logits: Float32Array): Float64Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const shifted = Float64Array.from(logits, (logit) => Math.exp(logit - highest));
  const sum = shifted.reduce((a, b) => a + b, 0);
  return shifted.map((value) => value / sum);
}

/**
 * log of the sum of exp over a row of logits, without overflow.
 *
 * @param row - float32 [C].
 */
export function logSumExp(row: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of row) highest = Math.max(highest, logit);
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - highest);
  return highest + Math.log(sum);
}

/**
 * Place of a class in a row of logits, 0 for the largest. Of equal logits the first class ranks higher; a NaN is at infinity.
 *
 * @param row - float32 [C].
 * @param label - Class id.
 */
export function rankOf(row: Float32Array, label: number): number {
  const own = row[label] ?? Number.NaN;
  if (Number.isNaN(own)) return Number.POSITIVE_INFINITY;
  let rank = 0;
  for (let other = 0; other < row.length; other++) {
    const logit = row[other] ?? Number.NaN;
    if (logit > own || (logit === own && other < label)) rank++;
  }
  return rank;
}
