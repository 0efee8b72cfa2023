/** Constants that look like weights by their place, but are computed: blurs, edges, Fourier and cosine bases, mel filters. */

/** Relative to the largest element: more than rounding, far less than a trained filter has. */
const tolerance = 1e-5;

/**
 * Whether the filters of a convolution are some that somebody worked out, which no training yields.
 *
 * Every filter is its own mirror image or the negative of it, about its middle or as a period: Gaussian and binomial
 * blurs, means, Sobel, Laplace, bilinear interpolation, windows, sines and cosines. What fresh layers hold tells nothing:
 * filters of one number, of equal ones, or of one that is not 0 (the identity).
 *
 * @param data - Filters one after the other.
 * @param length - Elements of a filter.
 */
export function isFixedFilter(data: Float32Array, length: number): boolean {
  return length >= 2 && isMirrored(rowsOf(data, length));
}

/**
 * Whether a matrix is one that somebody worked out.
 *
 * Its rows or its columns are mirrored as fixed filters are, as in Fourier and cosine transforms; or they are a bank of
 * bands, as mel filters and interpolation are: no element below 0, more than half are 0, those of each row or of each
 * column that are not lie side by side, and they differ.
 */
export function isFixedMatrix(data: Float32Array, columns: number): boolean {
  const rows = data.length / columns;
  if (!(rows >= 4 && columns >= 4)) return false;
  if (isMirrored(rowsOf(data, columns)) || isMirrored(columnsOf(data, columns))) return true;
  if (data.some((value) => !(value >= 0))) return false;
  const zeros = data.reduce((count, value) => count + Number(value === 0), 0);
  return 2 * zeros > data.length && (isBank(rowsOf(data, columns)) || isBank(columnsOf(data, columns)));
}

function* rowsOf(data: Float32Array, length: number): Generator<Float32Array> {
  for (let at = 0; at < data.length; at += length) yield data.subarray(at, at + length);
}

function* columnsOf(data: Float32Array, columns: number): Generator<Float32Array> {
  for (let column = 0; column < columns; column++) {
    yield Float32Array.from({ length: data.length / columns }, (_, row) => data[row * columns + column] ?? 0);
  }
}

/** Reads no further than the first filter that is not mirrored: of trained ones, the first. */
function isMirrored(filters: Iterable<Float32Array>): boolean {
  let telling = false;
  // Of all so far, since a sine of whole periods is nothing but rounding.
  let largest = 0;
  for (const filter of filters) {
    const { length } = filter;
    largest = filter.reduce((most, value) => Math.max(most, Math.abs(value)), largest);
    const error = tolerance * largest;
    const equals = (sign: number, partner: (at: number) => number) =>
      filter.every((value, at) => Math.abs(value - sign * (filter[partner(at)] ?? 0)) <= error);
    const partners = [(at: number) => length - 1 - at, (at: number) => (length - at) % length];
    // Of two elements, a period says nothing.
    const used = length > 2 ? partners : partners.slice(0, 1);
    if (!used.some((partner) => equals(1, partner) || equals(-1, partner))) return false;
    telling ||= isTelling(filter);
  }
  return telling;
}

/** Different numbers, or a mean. */
function isTelling(filter: Float32Array): boolean {
  const used = filter.filter((value) => value !== 0).length;
  if (filter.every((value) => value === filter[0])) return Math.abs(used * (filter[0] ?? 0) - 1) <= tolerance;
  return used >= 2;
}

function isBank(filters: Iterable<Float32Array>): boolean {
  let varied = false;
  for (const filter of filters) {
    const first = filter.findIndex((value) => value > 0);
    if (first < 0) continue;
    const band = filter.subarray(first, filter.findLastIndex((value) => value > 0) + 1);
    if (band.includes(0)) return false;
    varied ||= band.some((value) => value !== band[0]);
  }
  return varied;
}
