/** Average precision of a ranking. */

/**
 * Area under the steps of precision over recall: AP = sum over n of (R_n - R_(n-1)) P_n.
 *
 * P_n and R_n are precision and recall of all images down to the n-th distinct score; images of one score count at once.
 *
 * @param scores - Higher means more likely, float32 [N].
 * @param positives - 1 where the label holds, else 0, [N].
 * @returns In [0, 1]; NaN without a positive, or with a NaN among the scores.
 * @example
 * averagePrecision(Float32Array.of(0.9, 0.8, 0.3), [1, 0, 1]); // => 0.8333333333333333
 * @see scikit-learn `sklearn.metrics.average_precision_score`
 */
export function averagePrecision(scores: Float32Array, positives: ArrayLike<number>): number {
  const keys = sortedKeys(scores, positives);
  let precisionSum = 0;
  let hits = 0;
  for (let start = keys.length - 1; start >= 0; ) {
    const score = scoreOf(keys[start]);
    const before = hits;
    let end = start;
    while (end >= 0 && scoreOf(keys[end]) === score) {
      hits += (keys[end] ?? 0) % 2;
      end--;
    }
    precisionSum += ((hits - before) * hits) / (keys.length - 1 - end);
    start = end;
  }
  return scores.some(Number.isNaN) ? Number.NaN : precisionSum / hits;
}

/** Whole numbers in the order of the scores, twice each, plus 1 for positives: arrays of numbers sort fastest. */
function sortedKeys(scores: Float32Array, positives: ArrayLike<number>): Float64Array {
  // + 0: zeros of both signs tie.
  const words = new Uint32Array(scores.map((score) => score + 0).buffer);
  const keys = new Float64Array(words.length);
  for (let image = 0; image < words.length; image++) {
    const word = words[image] ?? 0;
    const order = word >= 2 ** 31 ? 2 ** 32 - 1 - word : word + 2 ** 31;
    keys[image] = 2 * order + (positives[image] === 1 ? 1 : 0);
  }
  return keys.sort();
}

function scoreOf(key = Number.NaN): number {
  return Math.floor(key / 2);
}
