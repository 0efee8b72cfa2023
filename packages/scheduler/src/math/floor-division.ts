/**
 * Python's `a // b` for floats: the floor of the exact quotient, which `Math.floor(a / b)` misses whenever
 * the division rounds up to a whole number.
 *
 * @param a - Dividend, finite, >= 0.
 * @param b - Divisor, finite, > 0.
 * @returns The largest whole number n with n × b <= a.
 * @example
 * floorDivide(1, 0.1); // => 9
 * Math.floor(1 / 0.1); // => 10
 * @see CPython `Objects/floatobject.c`, `float_floor_div`
 */
export function floorDivide(a: number, b: number): number {
  const quotient = (a - (a % b)) / b;
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}
