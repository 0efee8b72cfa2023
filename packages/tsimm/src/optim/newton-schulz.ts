/** Newton-Schulz iterations on the product of a matrix with itself. */
import type { MatrixLoops } from "./matrix-loops.ts";
import type { MuonCoefficients } from "./muon-coefficients.ts";

/** Addresses of matrices, float64 [m, m]. */
export interface IterationPlaces {
  /** XXᵀ, which the iterations change. */
  readonly gram: number;
  readonly square: number;
  readonly factor: number;
  readonly total: number;
}

/**
 * The matrix by which X is to be multiplied in place of all iterations X = aX + bXXᵀX + c(XXᵀ)²X.
 *
 * With A = XXᵀ and P = aI + bA + cA² an iteration is X = PX and A = PAP. All of these are symmetric and commute, so that half
 * of each product is computed.
 *
 * @param m - A multiple of 4.
 * @returns Its address, one of `places`.
 */
export function iterationProduct(
  { loops, memory }: MatrixLoops,
  { gram, square, factor, total }: IterationPlaces,
  m: number,
  coefficients: readonly MuonCoefficients[],
): number {
  const array = (address: number) => new Float64Array(memory, address, m * m);
  const multiply = (a: number, b: number, target: number) => {
    array(target).fill(0);
    loops.addLowerProducts(a, b, target, m, m);
    loops.mirror(target, m);
  };
  let [product, spare] = [total, square];
  for (const [step, [one, cube, fifth]] of coefficients.entries()) {
    multiply(gram, gram, spare);
    const [ofGram, ofSquare, ofFactor] = [array(gram), array(spare), array(factor)];
    for (let i = 0; i < ofFactor.length; i++) {
      ofFactor[i] = cube * (ofGram[i] ?? 0) + fifth * (ofSquare[i] ?? 0);
    }
    for (let i = 0; i < ofFactor.length; i += m + 1) ofFactor[i] = (ofFactor[i] ?? 0) + one;
    if (step === 0) array(product).set(ofFactor);
    else {
      multiply(factor, product, spare);
      [product, spare] = [spare, product];
    }
    if (step === coefficients.length - 1) break;
    multiply(factor, gram, spare);
    multiply(spare, factor, gram);
  }
  return product;
}
