/** Patch embeddings for patches of another size. */
import { resamplingMatrix } from "./resample-grid.ts";

/**
 * Weight [O, I, side, side] of a patch embedding as [O, I, newSide, newSide], so that an image that is resized with its
 * patches gives the same tokens as near as can be: the pseudoinverse of the resizing, as FlexiViT has it.
 *
 * @param count - O · I.
 * @see Beyer et al., arXiv:2212.08013
 */
export function resamplePatches(
  weight: Float32Array,
  count: number,
  { side, newSide }: { readonly side: number; readonly newSide: number },
): Float32Array {
  // Rows and columns are resized alike, so that the pseudoinverse is one of rows times one of columns.
  const inverse = pseudoinverse(resamplingMatrix(side, newSide));
  const result = new Float32Array(count * newSide * newSide);
  for (let plane = 0; plane < count; plane++) {
    const wide = new Float64Array(side * newSide);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const value = weight[(plane * side + row) * side + column] ?? 0;
        const mix = inverse[column] ?? [];
        for (let k = 0; k < newSide; k++)
          wide[row * newSide + k] = (wide[row * newSide + k] ?? 0) + value * (mix[k] ?? 0);
      }
    }
    for (let row = 0; row < newSide; row++) {
      for (let column = 0; column < newSide; column++) {
        let sum = 0;
        for (let j = 0; j < side; j++) sum += (inverse[j]?.[row] ?? 0) * (wide[j * newSide + column] ?? 0);
        result[(plane * newSide + row) * newSide + column] = sum;
      }
    }
  }
  return result;
}

/** Pseudoinverse [n][m] of a matrix [m][n] of full rank. */
function pseudoinverse(matrix: readonly Float64Array[]): number[][] {
  const rows = matrix.map((row) => [...row]);
  const columns = transposed(rows);
  return rows.length >= columns.length
    ? product(inverted(product(columns, rows)), columns)
    : product(columns, inverted(product(rows, columns)));
}

function transposed(matrix: readonly (readonly number[])[]): number[][] {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));
}

function product(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  const columns = transposed(b);
  return a.map((row) =>
    columns.map((column) => row.reduce((sum, value, k) => sum + value * (column[k] ?? 0), 0)),
  );
}

/** Inverse of a square matrix by Gauss and Jordan, the largest pivot of a column first. */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((row, i) => [...row, ...Array.from({ length: size }, (_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    const below = work.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    const chosen = work[pivot] ?? [];
    work[pivot] = work[column] ?? [];
    const scaled = chosen.map((value) => value / (chosen[column] ?? 1));
    work[column] = scaled;
    for (const [i, row] of work.entries()) {
      const factor = row[column] ?? 0;
      if (i !== column && factor !== 0) work[i] = row.map((value, k) => value - factor * (scaled[k] ?? 0));
    }
  }
  return work.map((row) => row.slice(size));
}
