/**
 * Products of matrices, in AssemblyScript with 128-bit SIMD; `npm run -s assemble` compiles them.
 *
 * Matrices are float64, row by row, each address and each number of rows and columns a multiple of 4.
 */

/** Columns that are multiplied at once, so that the rows of a tile stay in the fastest memory. */
const COLUMNS_AT_ONCE: usize = 512;

/**
 * Adds a bᵀ to c.
 *
 * @param a - [m, k].
 * @param b - [n, k].
 * @param c - [m, n].
 */
export function addRowProducts(a: usize, b: usize, c: usize, m: usize, n: usize, k: usize): void {
  for (let start: usize = 0; start < k; start += COLUMNS_AT_ONCE) {
    const count = min(COLUMNS_AT_ONCE, k - start);
    for (let i: usize = 0; i < m; i += 2) {
      for (let j: usize = 0; j < n; j += 4) {
        addTile(a + 8 * (i * k + start), b + 8 * (j * k + start), c + 8 * (i * n + j), n, k, count);
      }
    }
  }
}

/**
 * Adds a bᵀ, which is symmetric, to c: the elements up to the diagonal and a few more.
 *
 * @param a - [m, k].
 * @param b - [m, k].
 * @param c - [m, m].
 */
export function addLowerProducts(a: usize, b: usize, c: usize, m: usize, k: usize): void {
  for (let start: usize = 0; start < k; start += COLUMNS_AT_ONCE) {
    const count = min(COLUMNS_AT_ONCE, k - start);
    for (let i: usize = 0; i < m; i += 2) {
      for (let j: usize = 0; j <= i + 1; j += 4) {
        addTile(a + 8 * (i * k + start), b + 8 * (j * k + start), c + 8 * (i * m + j), m, k, count);
      }
    }
  }
}

/** Copies the elements below the diagonal of [m, m] to their places above it. */
export function mirror(c: usize, m: usize): void {
  for (let i: usize = 0; i < m; i++) {
    for (let j: usize = 0; j < i; j++) store<f64>(c + 8 * (j * m + i), load<f64>(c + 8 * (i * m + j)));
  }
}

/** Adds the products of 2 rows of a and 4 rows of b, both k apart and `count` long, to a tile whose rows are n apart. */
function addTile(a: usize, b: usize, c: usize, n: usize, k: usize, count: usize): void {
  const row: usize = 8 * k;
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s02 = f64x2.splat(0);
  let s03 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let s12 = f64x2.splat(0);
  let s13 = f64x2.splat(0);
  for (const end = a + 8 * count; a < end; a += 16) {
    const a0 = v128.load(a);
    const a1 = v128.load(a + row);
    const b0 = v128.load(b);
    s00 = f64x2.add(s00, f64x2.mul(a0, b0));
    s10 = f64x2.add(s10, f64x2.mul(a1, b0));
    const b1 = v128.load(b + row);
    s01 = f64x2.add(s01, f64x2.mul(a0, b1));
    s11 = f64x2.add(s11, f64x2.mul(a1, b1));
    const b2 = v128.load(b + 2 * row);
    s02 = f64x2.add(s02, f64x2.mul(a0, b2));
    s12 = f64x2.add(s12, f64x2.mul(a1, b2));
    const b3 = v128.load(b + 3 * row);
    s03 = f64x2.add(s03, f64x2.mul(a0, b3));
    s13 = f64x2.add(s13, f64x2.mul(a1, b3));
    b += 16;
  }
  addSums(c, s00, s01);
  addSums(c + 16, s02, s03);
  addSums(c + 8 * n, s10, s11);
  addSums(c + 8 * n + 16, s12, s13);
}

/** Adds the sums of the lanes of two vectors to two numbers. */
function addSums(c: usize, first: v128, second: v128): void {
  const even = v128.shuffle<f64>(first, second, 0, 2);
  const odd = v128.shuffle<f64>(first, second, 1, 3);
  v128.store(c, f64x2.add(v128.load(c), f64x2.add(even, odd)));
}
