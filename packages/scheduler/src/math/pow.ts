import { add, low, multiply, twoProduct, twoSum } from "./double-double.ts";
import { expm1, LN2_HIGH, LN2_LOW } from "./exp.ts";
import { powerOfTwo } from "./float64.ts";
import { log } from "./log.ts";

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
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  const logarithm = log(x);
  if (logarithm * y > 710) return Number.POSITIVE_INFINITY;
  if (logarithm * y < -746) return 0;
  const high = multiply(logarithm, low, y, 0);
  const lower = low;
  const k = Math.round(high / LN2_HIGH);
  const multiple = twoProduct(-k, LN2_HIGH);
  const r = add(high, lower, multiple, low - k * LN2_LOW);
  const p = expm1(r, low);
  const power = add(1, 0, p, low);
  return roundAndScale(power, low, k);
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
