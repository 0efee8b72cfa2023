/** The nearest orthogonal matrix, by Newton-Schulz iterations. */
import { type MatrixExports, matrixModule } from "../wasm/generated/matrix.ts";
import { instantiate } from "../wasm/instantiate.ts";
import { LoopMemory, Places } from "../wasm/loop-memory.ts";
import type { MuonCoefficients } from "./muon-coefficients.ts";
import type { MuonMatrices } from "./muon-matrix.ts";

/** Columns of a matrix that are in memory at once. */
const COLUMNS_AT_ONCE = 1024;

let instance: { readonly loops: MatrixExports; readonly memory: LoopMemory } | undefined;

/**
 * Replaces matrices, in place, by what iterations X = aX + bXXᵀX + c(XXᵀ)²X make of them; singular values come near 1.
 *
 * The iterations run in float64 on the smaller side's m × m products alone: with A = XXᵀ and P = aI + bA + cA² an iteration
 * is X = PX, A = PAP, and all P commute.
 *
 * @param values - Contains the matrices.
 * @param scale - Factor on the elements at first, by their norm.
 */
export function orthogonalize(
  values: Float32Array,
  matrices: MuonMatrices,
  coefficients: readonly MuonCoefficients[],
  scale: (norm: number) => number,
): void {
  const { rows, columns, rowStride, columnStride, firsts } = matrices;
  const isWide = rows <= columns;
  const [side, length] = isWide ? [rows, columns] : [columns, rows];
  const [sideStride, lengthStride] = isWide ? [rowStride, columnStride] : [columnStride, rowStride];
  for (const first of firsts) {
    orthogonalizeOne(values, { first, side, length, sideStride, lengthStride }, coefficients, scale);
  }
}

/** A matrix [side, length] with side <= length. */
interface Wide {
  readonly first: number;
  readonly side: number;
  readonly length: number;
  readonly sideStride: number;
  readonly lengthStride: number;
}

const padded = (size: number) => 4 * Math.ceil(size / 4);

function orthogonalizeOne(
  values: Float32Array,
  { first, side, length, sideStride, lengthStride }: Wide,
  coefficients: readonly MuonCoefficients[],
  scale: (norm: number) => number,
): void {
  const m = padded(side);
  const block = padded(Math.min(length, COLUMNS_AT_ONCE));
  const places = new Places();
  const [x, result] = [places.take(8 * m * block), places.take(8 * m * block)];
  const take = () => places.take(8 * m * m);
  const [gram, square, factor, total] = [take(), take(), take(), take()];
  instance ??= start();
  const { loops } = instance;
  const { buffer } = instance.memory.ofSize(places.size);
  const array = (address: number, count: number) => new Float64Array(buffer, address, count);

  let squares = 0;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < length; j++) squares += (values[first + i * sideStride + j * lengthStride] ?? 0) ** 2;
  }
  const unit = scale(Math.sqrt(squares));
  const ofX = array(x, m * block);
  array(gram, m * m).fill(0);
  for (let from = 0; from < length; from += block) {
    const count = Math.min(block, length - from);
    ofX.fill(0);
    for (let i = 0; i < side; i++) {
      const start = first + i * sideStride + from * lengthStride;
      for (let j = 0; j < count; j++) ofX[i * block + j] = unit * (values[start + j * lengthStride] ?? 0);
    }
    loops.addLowerProducts(x, x, gram, m, block);
  }
  loops.mirror(gram, m);
  const product = iterate();

  const ofResult = array(result, m * block);
  for (let from = 0; from < length; from += block) {
    const count = Math.min(block, length - from);
    ofX.fill(0);
    ofResult.fill(0);
    for (let i = 0; i < side; i++) {
      const start = first + i * sideStride + from * lengthStride;
      for (let j = 0; j < count; j++) ofX[j * m + i] = unit * (values[start + j * lengthStride] ?? 0);
    }
    loops.addRowProducts(product, x, result, m, block, m);
    for (let i = 0; i < side; i++) {
      const start = first + i * sideStride + from * lengthStride;
      for (let j = 0; j < count; j++) values[start + j * lengthStride] = ofResult[i * block + j] ?? 0;
    }
  }

  /** Address of the product of all P. */
  function iterate(): number {
    // Symmetric matrices that commute have symmetric products.
    const multiply = (a: number, b: number, c: number) => {
      array(c, m * m).fill(0);
      loops.addLowerProducts(a, b, c, m, m);
      loops.mirror(c, m);
    };
    let [a, a2, p, q] = [gram, square, factor, total];
    for (const [step, [one, cube, fifth]] of coefficients.entries()) {
      multiply(a, a, a2);
      const [ofA, ofA2, ofP] = [array(a, m * m), array(a2, m * m), array(p, m * m)];
      for (let i = 0; i < ofP.length; i++) ofP[i] = cube * (ofA[i] ?? 0) + fifth * (ofA2[i] ?? 0);
      for (let i = 0; i < m; i++) ofP[i * m + i] = (ofP[i * m + i] ?? 0) + one;
      if (step === 0) array(q, m * m).set(ofP);
      else {
        multiply(p, q, a2);
        [q, a2] = [a2, q];
      }
      if (step === coefficients.length - 1) break;
      multiply(p, a, a2);
      multiply(a2, p, a);
    }
    return q;
  }
}

function start(): NonNullable<typeof instance> {
  const loops = instantiate<MatrixExports>(matrixModule);
  return { loops, memory: new LoopMemory(loops.memory) };
}
