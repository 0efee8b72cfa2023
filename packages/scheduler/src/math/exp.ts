import { add, divide, low, multiply } from "./double-double.ts";

/** ln 2 as a double-double. */
export const LN2_HIGH: number = Math.LN2;
export const LN2_LOW = 2.3190468138462996e-17;

const HALVINGS = 6;

/**
 * e^r - 1 as a double-double, for |r| <= ln 2 / 2: the Taylor series of r / 64, doubled six times by
 * (1 + p)² - 1 = 2p + p². Relative error about 2^-98.
 *
 * @param high - High word of r.
 * @param lower - Low word of r.
 * @returns The high word; the low one is in `low` of double-double.ts.
 */
export function expm1(high: number, lower: number): number {
  const r = high / 2 ** HALVINGS;
  const rLow = lower / 2 ** HALVINGS;
  // From the sixth term on a double is precise enough.
  let tail = 1;
  for (let n = 12; n > 5; n--) tail = 1 + (r * tail) / n;
  let sum = tail;
  let sumLow = 0;
  for (let n = 5; n > 1; n--) {
    sum = multiply(sum, sumLow, r, rLow);
    sum = divide(sum, low, n);
    sum = add(1, 0, sum, low);
    sumLow = low;
  }
  let p = multiply(sum, sumLow, r, rLow);
  let pLow = low;
  for (let i = 0; i < HALVINGS; i++) {
    const square = multiply(p, pLow, p, pLow);
    p = add(2 * p, 2 * pLow, square, low);
    pLow = low;
  }
  return p;
}
