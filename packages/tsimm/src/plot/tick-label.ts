/**
 * A number as a person would write it on an axis: `0.05`, `80`, `5e-5`.
 *
 * @param value - Any finite number.
 * @returns At most six significant digits; powers of ten below 0.001 and from a million on.
 * @example
 * tickLabel(0.00005); // => "5e-5"
 * tickLabel(0.1 + 0.2); // => "0.3"
 * tickLabel(1500000); // => "1.5e6"
 */
export function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? rounded.toExponential().replace("e+", "e")
    : String(rounded);
}
