import { add, low, multiply, twoProduct, twoSum } from "./double-double.ts";
import { expm1, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { powerOfTwo } from "./float64.ts";
import { type Expm1, log } from "./log.ts";
import { quickExpm1 } from "./quick-expm1.ts";

/**
 * x^y, correctly rounded: the same number in every JavaScript engine, and Python's wherever its C library
 * rounds correctly. `Math.pow` is off by an ulp in 8 % of the arguments that schedules use.
 *
 * @param x - Finite, >= 0.
 * @param y - Not NaN; > 0 where x is 0.
 * @returns x^y; Infinity where it is too large for a double, 0 where it is too small.
 * @example
 * pow(0.8, 2); // => 0.6400000000000001
 * pow(0.1, 400); // => 0
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (y === 0.5) return Math.sqrt(x);
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  const size = y * Math.log(x);
  if (size > 711) return Number.POSITIVE_INFINITY;
  if (size < -747) return 0;
  const quick = scaledPower(x, y, quickExpm1);
  const error = QUICK_ERROR * (1 + Math.abs(y));
  if (quick + (low - error) === quick + (low + error) && exponent > LEAST_EXPONENT) {
    return roundAndScale(quick, low, exponent);
  }
  const power = scaledPower(x, y, expm1);
  return roundAndScale(power, low, exponent);
}

/** Bound of the error of a power made with `quickExpm1`, times 1 + |y|. */
const QUICK_ERROR = 2 ** -67;
/** Powers with a smaller one may be denormal. */
const LEAST_EXPONENT = -1022;

/** Exponent of the last scaled power: read it before the next call. */
let exponent = 0;

/** x^y × 2^-k in [0.7, 1.42] as a double-double, k in `exponent`. */
function scaledPower(x: number, y: number, exponential: Expm1): number {
  const high = multiply(log(x, exponential), low, y, 0);
  const lower = low;
  exponent = Math.round(high / LN2_HIGH);
  const multiple = twoProduct(-exponent, LN2_HIGH);
  const r = add(high, lower, multiple, low - exponent * LN2_LOW);
  const p = exponential(r, low);
  return add(1, 0, p, low);
}

/** (high + lower) × 2^k rounded once, ties to even, for high + lower in [0.7, 1.42]. */
function roundAndScale(high: number, lower: number, k: number): number {
  // The last bits are error: without them exact powers are exact, and ties are ties.
  const snapped = lower + SNAP - SNAP;
  if (k >= -1021) {
    const half = k >> 1;
    return (high + snapped) * powerOfTwo(half) * powerOfTwo(k - half);
  }
  // Perhaps denormal: round to a whole number of smallest doubles at once.
  const unit = powerOfTwo(-1074 - k);
  const grid = 1.5 * 2 ** 52 * unit;
  const sum = twoSum(grid, high);
  return ((sum + (low + snapped) - grid) / unit) * Number.MIN_VALUE;
}

/** Adding and subtracting it rounds a small number to a multiple of 2^-82. */
const SNAP = 1.5 * 2 ** -30;
