import { add, low, twoProduct, twoSum } from "./double-double.ts";
import { LN2_HIGH, LN2_LOW } from "./exp.ts";
import { exponentOf, powerOfTwo } from "./float64.ts";

const SMALLEST_NORMAL = 2 ** -1022;

/** e^r - 1 as a double-double, for |r| <= ln 2 / 2. */
export type Expm1 = (high: number, lower: number) => number;

/**
 * The natural logarithm as a double-double: one Newton step, y + (x e^-y - 1), from the engine's own
 * logarithm y. With `expm1` the high word alone is ln x correctly rounded, relative error about 2^-98.
 *
 * @param x - Finite, > 0.
 * @param exponential - Its absolute error is that of the result, too.
 * @returns The high word; the low one is in `low` of double-double.ts.
 */
export function log(x: number, exponential: Expm1): number {
  if (x < SMALLEST_NORMAL) return logOfProduct(x * 2 ** 54, -54, exponential);
  return logOfProduct(x, 0, exponential);
}

/** ln(x × 2^shift). */
function logOfProduct(x: number, shift: number, exponential: Expm1): number {
  let exponent = exponentOf(x);
  let m = x / powerOfTwo(exponent);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  exponent += shift;
  const guess = Math.log(m);
  const p = exponential(-guess, 0);
  const pLow = low;
  // m e^-guess - 1 = (m - 1) + m p, where m - 1 is exact
  const product = twoProduct(m, p);
  const sum = add(m - 1, 0, product, low + m * pLow);
  const logM = twoSum(guess, sum);
  const logMLow = low;
  const multiple = twoProduct(exponent, LN2_HIGH);
  return add(logM, logMLow, multiple, low + exponent * LN2_LOW);
}
