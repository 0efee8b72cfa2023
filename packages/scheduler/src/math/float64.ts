/** The bits of a double: its exponent, and powers of two made from it. */

const view = new DataView(new ArrayBuffer(8));

/**
 * The exponent e of x = m × 2^e with 1 <= m < 2.
 *
 * @param x - Finite, > 0, not denormal.
 */
export function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return (view.getUint32(0) >>> 20) - 1023;
}

/**
 * 2^exponent, exactly.
 *
 * @param exponent - An integer in [-1022, 1023].
 */
export function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}
