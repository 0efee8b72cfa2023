import { add, low, twoProduct, twoSum } from "./double-double.ts";
import { expm1, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { exponentOf, powerOfTwo } from "./float64.ts";

const SMALLEST_NORMAL = 2 ** -1022;

/**
 * The natural logarithm as a double-double: one Newton step, y + (x e^-y - 1), from the engine's own
 * logarithm y. The high word alone is ln x correctly rounded. Relative error about 2^-98.
 *
 * @param x - Finite, > 0.
 * @returns The high word; the low one is in `low` of double-double.ts.
 */
export function log(x: number): number {
  if (x < SMALLEST_NORMAL) return logOfProduct(x * 2 ** 54, -54);
  return logOfProduct(x, 0);
}

/** ln(x × 2^shift). */
function logOfProduct(x: number, shift: number): number {
  let exponent = exponentOf(x);
  let m = x / powerOfTwo(exponent);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  exponent += shift;
  const guess = Math.log(m);
  const p = expm1(-guess, 0);
  const pLow = low;
  // m e^-guess - 1 = (m - 1) + m p, where m - 1 is exact
  const product = twoProduct(m, p);
  const sum = add(m - 1, 0, product, low + m * pLow);
  const logM = twoSum(guess, sum);
  const logMLow = low;
  const multiple = twoProduct(exponent, LN2_HIGH);
  return add(logM, logMLow, multiple, low + exponent * LN2_LOW);
}
