/**
 * The shorter of a number's two texts that are read as the same number, in JavaScript, Python and on command lines.
 *
 * @example
 * shortNumber(0.00001); // => "1e-5"
 * shortNumber(0.25); // => "0.25"
 */
export function shortNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const plain = String(value);
  const scientific = value.toExponential().replace("e+", "e");
  return scientific.length < plain.length ? scientific : plain.replace("e+", "e");
}
