import { add, divide, low, multiply, twoProduct } from "./double-double.ts";

/** π / 2 as the sum of three doubles. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/** 1 / 6 and 1 / 24 as sums of two doubles. */
const ONE_6TH = [1 / 6, 9.25185853854297e-18] as const;
const ONE_24TH = [1 / 24, 2.3129646346357427e-18] as const;

/** Ratios of neighbouring terms of the series, as many as a double can tell; those before are taken one by one. */
const COS_STEPS = [1 / 306, 1 / 240, 1 / 182, 1 / 132, 1 / 90, 1 / 56] as const;
const SIN_STEPS = [1 / 272, 1 / 210, 1 / 156, 1 / 110, 1 / 72, 1 / 42] as const;

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
  const turns = ((quarter % 4) + 4) % 4;
  const sign = turns === 0 || turns === 3 ? 1 : -1;
  return sign * (turns % 2 === 0 ? cosNear0(r, rLow) : sinNear0(r, rLow));
}

/** Bounds of the errors of a quick series, relative to those terms that are doubles, and to the sum. */
const REST_ERROR = 2 ** -49;
const SUM_ERROR = 2 ** -66;
/** Below it the error of the reduced argument counts, too. */
const LEAST_QUICK = 2 ** -20;

/** The cosine for |r| <= π / 4. */
function cosNear0(r: number, rLow: number): number {
  const square = multiply(r, rLow, r, rLow);
  const squareLow = low;
  // 1 - r² / 2 + r⁴ / 24 - rest
  const rest = ((square * square * square) / 720) * alternating(square, COS_STEPS);
  const fourth = multiply(square, squareLow, square, squareLow);
  const part = multiply(fourth, low, ONE_24TH[0], ONE_24TH[1]);
  const partLow = low;
  const sum = add(1, 0, -square / 2, -squareLow / 2);
  const quick = add(sum, low, part, partLow - rest);
  const error = rest * REST_ERROR + SUM_ERROR;
  if (quick + (low - error) === quick + (low + error)) return quick;
  return taylor(1, 0, 0, r, rLow);
}

/** The sine for |r| <= π / 4. */
function sinNear0(r: number, rLow: number): number {
  if (Math.abs(r) < LEAST_QUICK) return taylor(r, rLow, 1, r, rLow);
  const square = multiply(r, rLow, r, rLow);
  const squareLow = low;
  // r (1 - r² / 6 + rest)
  const rest = ((square * square) / 120) * alternating(square, SIN_STEPS);
  const sixth = multiply(square, squareLow, ONE_6TH[0], ONE_6TH[1]);
  const part = add(-sixth, -low, rest, 0);
  const product = multiply(r, rLow, part, low);
  const quick = add(r, rLow, product, low);
  const error = Math.abs(quick) * (rest * REST_ERROR + SUM_ERROR);
  if (quick + (low - error) === quick + (low + error)) return quick;
  return taylor(r, rLow, 1, r, rLow);
}

/** 1 - x s_k (1 - x s_(k-1) (… (1 - x s_0))), to a double's precision. */
function alternating(x: number, steps: readonly number[]): number {
  let sum = 1;
  for (const step of steps) sum = 1 - x * step * sum;
  return sum;
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
