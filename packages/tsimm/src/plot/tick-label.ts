/**
 * A number as a person would write it on an axis: `0.05`, `80`, `5e-5`.
 *
 * @param value - Any finite number.
 * @param largest - The axis's largest value, by which all its ticks are written alike; absent: `value`.
 * @returns At most six significant digits; powers of ten if `largest` is below 0.001 or from a million on.
 * @example
 * tickLabel(0.00005); // => "5e-5"
 * tickLabel(0.0005, 0.003); // => "0.0005"
 * tickLabel(0.1 + 0.2); // => "0.3"
 */
export function tickLabel(value: number, largest: number = value): string {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(largest);
  return rounded !== 0 && (size < 1e-3 || size >= 1e6)
    ? rounded.toExponential().replace("e+", "e")
    : String(rounded);
}
