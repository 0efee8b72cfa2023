/** Norms of arrays. */

/** The Euclidean norm of `values[start … end - 1]`. */
export function l2Norm(values: Float32Array, start = 0, end: number = values.length): number {
  let sum = 0;
  for (let i = start; i < end; i++) {
    const value = values[i] ?? 0;
    sum += value * value;
  }
  return Math.sqrt(sum);
}
