/** Functions of a row of logits. */

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
