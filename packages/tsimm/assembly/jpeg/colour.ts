/** Rows of red, green and blue from luminance and colour differences, byte for byte as libjpeg. */

/**
 * Doubles a row of colour differences across: each is three quarters the nearer sample and one quarter the other.
 *
 * @param near - uint8 [width], the nearer row.
 * @param far - The other row that counts, one quarter, if `both`.
 * @param both - Whether rows are doubled too.
 * @param width - Samples of a row.
 * @param sums - Room for int16 [width + 24].
 * @param target - uint8 [2 * width]; up to 14 bytes more are written.
 */
export function doubleRow(
  near: usize,
  far: usize,
  both: bool,
  width: usize,
  sums: usize,
  target: usize,
): void {
  const start = sums + 16;
  const three = i16x8.splat(3);
  for (let x: usize = 0; x < width; x += 8) {
    let sum = v128.load_ext<u8>(near + x);
    if (both) sum = i16x8.add(i16x8.mul(sum, three), v128.load_ext<u8>(far + x));
    v128.store(start + 2 * x, sum);
  }
  // The samples at both ends are their own neighbours.
  store<i16>(start - 2, load<i16>(start));
  store<i16>(start + 2 * width, load<i16>(start + 2 * width - 2));
  const shift = both ? 4 : 2;
  const evenHalf = i16x8.splat(both ? 8 : 1);
  const oddHalf = i16x8.splat(both ? 7 : 2);
  for (let x: usize = 0; x < width; x += 8) {
    const at = start + 2 * x;
    const middle = i16x8.mul(v128.load(at), three);
    const even = i16x8.shr_u(i16x8.add(i16x8.add(middle, v128.load(at - 2)), evenHalf), shift);
    const odd = i16x8.shr_u(i16x8.add(i16x8.add(middle, v128.load(at + 2)), oddHalf), shift);
    v128.store(target + 2 * x, v128.or(even, i16x8.shl(odd, 8)));
  }
}

/**
 * Converts a row.
 *
 * R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb, with 16 bits after the point.
 *
 * @param luminance - uint8 [width].
 * @param blue - uint8 [width], Cb + 128.
 * @param red - uint8 [width], Cr + 128.
 * @param target - uint8 [width, 3]; up to 45 bytes more are written.
 * @param width - Pixels.
 */
export function colourRow(luminance: usize, blue: usize, red: usize, target: usize, width: usize): void {
  const centre = i16x8.splat(128);
  for (let x: usize = 0; x < width; x += 16) {
    const y = v128.load(luminance + x);
    const yLow = i16x8.extend_low_i8x16_u(y);
    const yHigh = i16x8.extend_high_i8x16_u(y);
    const cbLow = i16x8.sub(v128.load_ext<u8>(blue + x), centre);
    const cbHigh = i16x8.sub(v128.load_ext<u8>(blue + x, 8), centre);
    const crLow = i16x8.sub(v128.load_ext<u8>(red + x), centre);
    const crHigh = i16x8.sub(v128.load_ext<u8>(red + x, 8), centre);
    const r = i8x16.narrow_i16x8_u(redOf(yLow, cbLow, crLow), redOf(yHigh, cbHigh, crHigh));
    const g = i8x16.narrow_i16x8_u(greenOf(yLow, cbLow, crLow), greenOf(yHigh, cbHigh, crHigh));
    const b = i8x16.narrow_i16x8_u(blueOf(yLow, cbLow, crLow), blueOf(yHigh, cbHigh, crHigh));
    const low = v128.shuffle<u8>(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = v128.shuffle<u8>(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const middle = v128.shuffle<u8>(
      low,
      high,
      11,
      12,
      13,
      14,
      15,
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      23,
      24,
      25,
      26,
    );
    v128.store(target, v128.shuffle<u8>(low, b, 0, 1, 16, 2, 3, 17, 4, 5, 18, 6, 7, 19, 8, 9, 20, 10));
    v128.store(target, v128.shuffle<u8>(middle, b, 0, 21, 1, 2, 22, 3, 4, 23, 5, 6, 24, 7, 8, 25, 9, 10), 16);
    v128.store(
      target,
      v128.shuffle<u8>(high, b, 26, 6, 7, 27, 8, 9, 28, 10, 11, 29, 12, 13, 30, 14, 15, 31),
      32,
    );
    target += 48;
  }
}

/**
 * Repeats each luminance three times.
 *
 * @param luminance - uint8 [width].
 * @param target - uint8 [width, 3]; up to 45 bytes more are written.
 * @param width - Pixels.
 */
export function greyRow(luminance: usize, target: usize, width: usize): void {
  for (let x: usize = 0; x < width; x += 16) {
    const y = v128.load(luminance + x);
    v128.store(target, v128.shuffle<u8>(y, y, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5));
    v128.store(target, v128.shuffle<u8>(y, y, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10), 16);
    v128.store(
      target,
      v128.shuffle<u8>(y, y, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15),
      32,
    );
    target += 48;
  }
}

/** 1.402 is 1 + 26345 / 2^16. */
function redOf(y: v128, cb: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), weighted(cb, cr, 0, 26345));
}

/** -0.71414 is 18734 / 2^16 - 1. */
function greenOf(y: v128, cb: v128, cr: v128): v128 {
  return i16x8.add(i16x8.sub(y, cr), weighted(cb, cr, -22554, 18734));
}

/** 1.772 is 2 - 14942 / 2^16. */
function blueOf(y: v128, cb: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.add(cb, cb)), weighted(cb, cr, -14942, 0));
}

/** (a · cb + b · cr) / 2^16, rounded. */
function weighted(cb: v128, cr: v128, a: i32, b: i32): v128 {
  const weights = i32x4.splat((a & 0xffff) | (b << 16));
  const half = i32x4.splat(0x8000);
  const low = i32x4.dot_i16x8_s(v128.shuffle<i16>(cb, cr, 0, 8, 1, 9, 2, 10, 3, 11), weights);
  const high = i32x4.dot_i16x8_s(v128.shuffle<i16>(cb, cr, 4, 12, 5, 13, 6, 14, 7, 15), weights);
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 16), i32x4.shr_s(i32x4.add(high, half), 16));
}
