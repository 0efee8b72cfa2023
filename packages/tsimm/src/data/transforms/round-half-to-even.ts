/** Python's rounding. */

/**
 * Rounds to the nearest integer, halves to the even one, as Python's `round`.
 *
 * @param value - A finite number >= 0.
 * @example
 * roundHalfToEven(2.5); // => 2
 * roundHalfToEven(3.5); // => 4
 */
export function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
