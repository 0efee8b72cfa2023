/** The nearest orthogonal matrix, by Newton-Schulz iterations. */
import { Places } from "../wasm/loop-memory.ts";
import { matrixLoops } from "./matrix-loops.ts";
import type { MuonCoefficients } from "./muon-coefficients.ts";
import type { MuonMatrices } from "./muon-matrix.ts";
import { iterationProduct } from "./newton-schulz.ts";

/** Columns of a matrix that are in memory at once. */
const COLUMNS_AT_ONCE = 1024;

/**
 * Replaces matrices, in place, by what iterations X = aX + bXXᵀX + c(XXᵀ)²X make of them; singular values come near 1.
 *
 * Computed in float64, on products of the shorter side alone.
 *
 * @param values - Contains the matrices.
 * @param scale - Factor on the elements at first, by their norm.
 */
export function orthogonalize(
  values: Float32Array,
  { rows, columns, rowStride, columnStride, firsts }: MuonMatrices,
  coefficients: readonly MuonCoefficients[],
  scale: (norm: number) => number,
): void {
  const shape =
    rows <= columns
      ? { side: rows, length: columns, sideStride: rowStride, lengthStride: columnStride }
      : { side: columns, length: rows, sideStride: columnStride, lengthStride: rowStride };
  for (const first of firsts) orthogonalizeOne(values, { first, ...shape }, coefficients, scale);
}

/** A matrix [side, length] with side <= length. */
interface Wide {
  readonly first: number;
  readonly side: number;
  readonly length: number;
  readonly sideStride: number;
  readonly lengthStride: number;
}

function orthogonalizeOne(
  values: Float32Array,
  matrix: Wide,
  coefficients: readonly MuonCoefficients[],
  scale: (norm: number) => number,
): void {
  const { side, length } = matrix;
  const m = padded(side);
  const block = padded(Math.min(length, COLUMNS_AT_ONCE));
  const places = new Places();
  const [x, result] = [places.take(8 * m * block), places.take(8 * m * block)];
  const square = () => places.take(8 * m * m);
  const squares = { gram: square(), square: square(), factor: square(), total: square() };
  const { loops, memory } = matrixLoops(places.size);
  const array = (address: number) => new Float64Array(memory, address, m * block);
  const [ofX, ofResult] = [array(x), array(result)];

  const factor = scale(norm(values, matrix));
  new Float64Array(memory, squares.gram, m * m).fill(0);
  for (let from = 0; from < length; from += block) {
    ofX.fill(0);
    eachElement(matrix, from, block, (i, j, at) => {
      ofX[i * block + j] = factor * (values[at] ?? 0);
    });
    loops.addLowerProducts(x, x, squares.gram, m, block);
  }
  loops.mirror(squares.gram, m);
  const product = iterationProduct({ loops, memory }, squares, m, coefficients);

  for (let from = 0; from < length; from += block) {
    ofX.fill(0);
    ofResult.fill(0);
    eachElement(matrix, from, block, (i, j, at) => {
      ofX[j * m + i] = factor * (values[at] ?? 0);
    });
    loops.addRowProducts(product, x, result, m, block, m);
    eachElement(matrix, from, block, (i, j, at) => {
      values[at] = ofResult[i * block + j] ?? 0;
    });
  }
}

const padded = (size: number) => 4 * Math.ceil(size / 4);

/** Calls back for each element of some columns, with its row, its column among them, and its place. */
function eachElement(
  { first, side, length, sideStride, lengthStride }: Wide,
  from: number,
  block: number,
  use: (i: number, j: number, at: number) => void,
): void {
  const count = Math.min(block, length - from);
  for (let i = 0; i < side; i++) {
    const start = first + i * sideStride + from * lengthStride;
    for (let j = 0; j < count; j++) use(i, j, start + j * lengthStride);
  }
}

function norm(values: Float32Array, matrix: Wide): number {
  let sum = 0;
  eachElement(matrix, 0, matrix.length, (_, _column, at) => {
    sum += (values[at] ?? 0) ** 2;
  });
  return Math.sqrt(sum);
}
