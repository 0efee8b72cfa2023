/**
 * A number as a person would write it: `0.05`, `80`, `5e-5`.
 *
 * @param value - Any finite number.
 * @returns At most six significant digits; powers of ten below 0.001 and from a million on.
 * @example
 * tickLabel(0.00005); // => "5e-5"
 * tickLabel(0.1 + 0.2); // => "0.3"
 */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? exponential(value) : plain(value);
}

/** Longest number on an axis that is written without a power of ten. */
const LONGEST = 7;

/**
 * The ticks of an axis, all written alike.
 *
 * @param ticks - Finite numbers.
 * @returns Powers of ten if the largest is below 0.001 or from a million on, or one takes more than 7 characters.
 * @example
 * tickLabels([0, 0.0005, 0.001]); // => ["0", "0.0005", "0.001"]
 * tickLabels([0.000001, 0.001, 1]); // => ["1e-6", "1e-3", "1e0"]
 */
export function tickLabels(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const inPlain = ticks.map(plain);
  const fits = inPlain.every((label) => label.length <= LONGEST && !label.includes("e"));
  return fits && largest >= 1e-3 && largest < 1e6 ? inPlain : ticks.map(exponential);
}

function plain(value: number): string {
  return String(rounded(value));
}

function exponential(value: number): string {
  return rounded(value) === 0 ? "0" : rounded(value).toExponential().replace("e+", "e");
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
