import { add, divide, low, multiply, twoProduct } from "./double-double.ts";

/** π / 2 as the sum of three doubles. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/**
 * cos x, correctly rounded.
 *
 * @param x - Radians, finite, |x| < 1000 for the full precision.
 * @example
 * cos(Math.PI / 3); // => 0.5000000000000001
 */
export function cos(x: number): number {
  const quarter = Math.round(x / HALF_PI[0]);
  let product = twoProduct(-quarter, HALF_PI[0]);
  let r = add(x, 0, product, low);
  let rLow = low;
  product = twoProduct(-quarter, HALF_PI[1]);
  r = add(r, rLow, product, low - quarter * HALF_PI[2]);
  rLow = low;
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return taylor(1, 0, 0, r, rLow);
    case 1:
      return -taylor(r, rLow, 1, r, rLow);
    case 2:
      return -taylor(1, 0, 0, r, rLow);
    default:
      return taylor(r, rLow, 1, r, rLow);
  }
}

/** The series of cos (first term 1, power 0) or sin (first term r, power 1) for |r| <= π / 4. */
function taylor(first: number, firstLow: number, power: number, r: number, rLow: number): number {
  const square = multiply(r, rLow, r, rLow);
  const squareLow = low;
  let sum = first;
  let sumLow = firstLow;
  let term = first;
  let termLow = firstLow;
  for (let n = power + 1; n < 28; n += 2) {
    term = multiply(term, termLow, square, squareLow);
    term = divide(term, low, -n * (n + 1));
    termLow = low;
    sum = add(sum, sumLow, term, termLow);
    sumLow = low;
  }
  return sum;
}
