/** Grids of vectors at another size, as PyTorch resamples them. */

/** Sizes of a grid of vectors [height, width, depth], row-major. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
}

/**
 * Resamples a grid bicubically with antialiasing, as `F.interpolate(mode="bicubic", antialias=True)`.
 *
 * @param data - Float32 [height, width, depth].
 * @returns Float32 [newHeight, newWidth, depth].
 * @example
 * const constant = new Float32Array(9).fill(2);
 * resampleGrid(constant, { height: 3, width: 3, depth: 1 }, [1, 2]); // => Float32Array [2, 2]
 */
export function resampleGrid(
  data: Float32Array,
  { height, width, depth }: Grid,
  [newHeight, newWidth]: readonly [number, number],
): Float32Array {
  const wide = mixed(data, resamplingMatrix(width, newWidth), { before: height, size: width, after: depth });
  const rows = resamplingMatrix(height, newHeight);
  return mixed(wide, rows, { before: 1, size: height, after: newWidth * depth });
}

/**
 * Weights of the old elements in each new one, [newSize][oldSize]: the cubic with a = -0.5, stretched where the size
 * falls, cut at the edges and normalised.
 */
export function resamplingMatrix(size: number, newSize: number): Float64Array[] {
  const scale = size / newSize;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: newSize }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(centre + 2 * stretch + 0.5), size);
    const weights = new Float64Array(size);
    for (let j = first; j < end; j++) weights[j] = cubic((j - centre + 0.5) / stretch);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** Mixes the middle axis of [before, size, after] by a matrix [newSize][size]. */
function mixed(
  data: Float32Array,
  matrix: readonly Float64Array[],
  { before, size, after }: { readonly before: number; readonly size: number; readonly after: number },
): Float32Array {
  const result = new Float32Array(before * matrix.length * after);
  const sums = new Float64Array(after);
  for (let outer = 0; outer < before; outer++) {
    for (const [i, weights] of matrix.entries()) {
      sums.fill(0);
      for (const [j, weight] of weights.entries()) {
        if (weight === 0) continue;
        const start = (outer * size + j) * after;
        for (let k = 0; k < after; k++) sums[k] = (sums[k] ?? 0) + weight * (data[start + k] ?? 0);
      }
      result.set(sums, (outer * matrix.length + i) * after);
    }
  }
  return result;
}
