/**
 * Double-double arithmetic: a number is the unevaluated sum of two doubles, good for about 104 bits.
 *
 * Each function returns the high word and leaves the low one in {@link low}, so that nothing is allocated.
 *
 * @see T. J. Dekker, "A floating-point technique for extending the available precision", 1971
 */

/** Low word of the last result: read it before the next call. */
export let low = 0;

/** The exact sum of two doubles. */
export function twoSum(a: number, b: number): number {
  const sum = a + b;
  const rest = sum - a;
  low = a - (sum - rest) + (b - rest);
  return sum;
}

/** The exact product of two doubles, as long as nothing overflows or underflows. */
export function twoProduct(a: number, b: number): number {
  const product = a * b;
  const aUpper = upperHalf(a);
  const aLower = a - aUpper;
  const bUpper = upperHalf(b);
  const bLower = b - bUpper;
  low = aLower * bLower - (product - aUpper * bUpper - aLower * bUpper - aUpper * bLower);
  return product;
}

/** (aHigh + aLow) + (bHigh + bLow). */
export function add(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const high = twoSum(aHigh, bHigh);
  const error = low;
  const lower = twoSum(aLow, bLow);
  const lowest = low;
  const middle = twoSum(high, error + lower);
  return twoSum(middle, low + lowest);
}

/** (aHigh + aLow) × (bHigh + bLow). */
export function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const high = twoProduct(aHigh, bHigh);
  return twoSum(high, low + (aHigh * bLow + aLow * bHigh));
}

/** (high + low) / divisor, for a divisor that is one double. */
export function divide(high: number, lower: number, divisor: number): number {
  const quotient = high / divisor;
  const product = twoProduct(quotient, divisor);
  return twoSum(quotient, (high - product - low + lower) / divisor);
}

/** The upper 26 bits of a double's mantissa (Veltkamp's splitting). */
function upperHalf(value: number): number {
  const scaled = 134217729 * value;
  return scaled - (scaled - value);
}
