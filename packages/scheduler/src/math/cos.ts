import { add, divide, low, multiply, twoProduct, twoSum } from "./double-double.ts";

/** π / 2 as the sum of three doubles. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/** Steps of the table in an interval of length 1, and its length: up to π / 4. */
const STEPS = 64;
const REACH = 51;

/** Below it the error of the quickly reduced argument counts. */
const LEAST_QUICK = 2 ** -20;
/** Bound of a quick result's error, relative to the result. */
const QUICK_ERROR = 2 ** -64;

/** cos and sin of j / 64 as double-doubles, four words for each j = 0 … 51; made when first needed. */
let table: Float64Array | null = null;

/**
 * cos x, correctly rounded.
 *
 * @param x - Radians, finite, |x| < 1000 for the full precision.
 * @example
 * cos(Math.PI / 3); // => 0.5000000000000001
 */
export function cos(x: number): number {
  const quarter = Math.round(x / HALF_PI[0]);
  // x - product is exact, since the two are near each other or product is 0.
  const product = twoProduct(quarter, HALF_PI[0]);
  const r = twoSum(x - product, -low);
  const rLow = low - quarter * HALF_PI[1];
  const quadrant = quarter & 3;
  const even = quadrant === 0 || quadrant === 2;
  const sign = quadrant === 0 || quadrant === 3 ? 1 : -1;
  if (Math.abs(r) > LEAST_QUICK || even) {
    const high = r < 0 ? fromTable(-r, -rLow, even) : fromTable(r, rLow, even);
    const error = high * QUICK_ERROR;
    const value = high + (low - error);
    if (value === high + (low + error)) return even || r > 0 ? sign * value : -sign * value;
  }
  return sign * slowly(x, quarter, even);
}

/** cos (even) or sin of r + rLow, 0 <= r <= π / 4, from those of the nearest j / 64 and of the rest. */
function fromTable(r: number, rLow: number, even: boolean): number {
  table ??= tabulate();
  const j = Math.round(r * STEPS);
  const cosine = table[4 * j] ?? 0;
  const cosineLow = table[4 * j + 1] ?? 0;
  const sine = table[4 * j + 2] ?? 0;
  const sineLow = table[4 * j + 3] ?? 0;
  const s = r - j / STEPS;
  const square = s * s;
  // cos s = 1 + cosRest, sin s = s + sinRest
  const cosRest = -square * (1 / 2 - square * (1 / 24 - square / 720)) - s * rLow;
  const sinRest = rLow * (1 - square / 2) - s * square * (1 / 6 - square * (1 / 120 - square / 5040));
  const start = even ? cosine : sine;
  const slope = even ? -sine : cosine;
  const startLow = even ? cosineLow : sineLow;
  const slopeLow = even ? -sineLow : cosineLow;
  const product = twoProduct(slope, s);
  const productLow = low;
  const high = twoSum(start, product);
  const rest = startLow + start * cosRest + slope * sinRest + slopeLow * s;
  return twoSum(high, low + (productLow + rest));
}

function tabulate(): Float64Array {
  const values = new Float64Array(4 * (REACH + 1));
  for (let j = 0; j <= REACH; j++) {
    const r = j / STEPS;
    values[4 * j] = taylor(1, 0, 0, r, 0);
    values[4 * j + 1] = low;
    values[4 * j + 2] = taylor(r, 0, 1, r, 0);
    values[4 * j + 3] = low;
  }
  return values;
}

/** cos (even) or sin of x - quarter × π / 2. */
function slowly(x: number, quarter: number, even: boolean): number {
  let product = twoProduct(-quarter, HALF_PI[0]);
  let r = add(x, 0, product, low);
  let rLow = low;
  product = twoProduct(-quarter, HALF_PI[1]);
  r = add(r, rLow, product, low - quarter * HALF_PI[2]);
  rLow = low;
  return even ? taylor(1, 0, 0, r, rLow) : taylor(r, rLow, 1, r, rLow);
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
