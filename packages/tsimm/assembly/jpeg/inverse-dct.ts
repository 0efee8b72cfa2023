/**
 * Inverse discrete cosine transform of 8x8 coefficients: Loeffler, Ligtenberg and Moschytz with 13 bits after the point.
 *
 * Operation for operation libjpeg-turbo's `jidctint` for SIMD, with its 16-bit sums and saturation, so that the bytes
 * are the same for any coefficients.
 */

const CONST_BITS: i32 = 13;
const PASS1_BITS: i32 = 2;

const F_0_298: i16 = 2446;
const F_0_390: i16 = 3196;
const F_0_541: i16 = 4433;
const F_0_765: i16 = 6270;
const F_0_899: i16 = 7373;
const F_1_175: i16 = 9633;
const F_1_501: i16 = 12299;
const F_1_847: i16 = 15137;
const F_1_961: i16 = 16069;
const F_2_053: i16 = 16819;
const F_2_562: i16 = 20995;
const F_3_072: i16 = 25172;

/**
 * Transforms a block whose coefficients other than the first are zero: it has one level.
 *
 * @param coefficient - The first, not yet multiplied.
 * @param factor - Its quantization step.
 * @param target - uint8 [8, 8].
 * @param pitch - Bytes from one row of the target to the next.
 */
export function transformFlat(coefficient: i32, factor: i32, target: usize, pitch: usize): void {
  const scaled = <i32>(<i16>((coefficient * factor) << PASS1_BITS));
  const level = (scaled + (1 << (PASS1_BITS + 2))) >> (PASS1_BITS + 3);
  const row = i8x16.splat(<i8>(min(max(level, -128), 127) + 128));
  for (let y = 0; y < 8; y++) {
    v128.store_lane<u64>(target, row, 0);
    target += pitch;
  }
}

/**
 * Transforms a block.
 *
 * @param block - int16 [8, 8], which is overwritten.
 * @param factors - int16 [8, 8], quantization steps.
 * @param target - uint8 [8, 8].
 * @param pitch - Bytes from one row of the target to the next.
 */
export function transformBlock(block: usize, factors: usize, target: usize, pitch: usize): void {
  const first = i16x8.mul(v128.load(block), v128.load(factors));
  let others = v128.load(block, 16);
  for (let offset: usize = 32; offset < 128; offset += 16)
    others = v128.or(others, v128.load(block + offset));
  if (v128.any_true(others)) {
    v128.store(block, first);
    for (let offset: usize = 16; offset < 128; offset += 16) {
      v128.store(block + offset, i16x8.mul(v128.load(block + offset), v128.load(factors + offset)));
    }
    transformColumns(block, CONST_BITS - PASS1_BITS);
  } else {
    const scaled = i16x8.shl(first, PASS1_BITS);
    for (let offset: usize = 0; offset < 128; offset += 16) v128.store(block + offset, scaled);
  }
  transpose(block);
  transformColumns(block, CONST_BITS + PASS1_BITS + 3);
  transpose(block);
  const centre = i8x16.splat(-128);
  for (let y: usize = 0; y < 8; y++) {
    const row = v128.load(block + 16 * y);
    v128.store_lane<u64>(target, i8x16.add(i8x16.narrow_i16x8_s(row, row), centre), 0);
    target += pitch;
  }
}

/** One-dimensional transform of the eight columns of int16 [8, 8], in place; results are divided by 2^shift. */
function transformColumns(block: usize, shift: i32): void {
  const in0 = v128.load(block, 0);
  const in1 = v128.load(block, 16);
  const in2 = v128.load(block, 32);
  const in3 = v128.load(block, 48);
  const in4 = v128.load(block, 64);
  const in5 = v128.load(block, 80);
  const in6 = v128.load(block, 96);
  const in7 = v128.load(block, 112);

  // Even part.
  const even26Low = interleavedLow(in2, in6);
  const even26High = interleavedHigh(in2, in6);
  const by3 = pairs(F_0_541 + F_0_765, F_0_541);
  const by2 = pairs(F_0_541, F_0_541 - F_1_847);
  const tmp3Low = i32x4.dot_i16x8_s(even26Low, by3);
  const tmp3High = i32x4.dot_i16x8_s(even26High, by3);
  const tmp2Low = i32x4.dot_i16x8_s(even26Low, by2);
  const tmp2High = i32x4.dot_i16x8_s(even26High, by2);
  const sum = i16x8.add(in0, in4);
  const difference = i16x8.sub(in0, in4);
  const tmp0Low = i32x4.shl(i32x4.extend_low_i16x8_s(sum), CONST_BITS);
  const tmp0High = i32x4.shl(i32x4.extend_high_i16x8_s(sum), CONST_BITS);
  const tmp1Low = i32x4.shl(i32x4.extend_low_i16x8_s(difference), CONST_BITS);
  const tmp1High = i32x4.shl(i32x4.extend_high_i16x8_s(difference), CONST_BITS);
  const half = i32x4.splat(1 << (shift - 1));
  const tmp10Low = i32x4.add(i32x4.add(tmp0Low, tmp3Low), half);
  const tmp10High = i32x4.add(i32x4.add(tmp0High, tmp3High), half);
  const tmp13Low = i32x4.add(i32x4.sub(tmp0Low, tmp3Low), half);
  const tmp13High = i32x4.add(i32x4.sub(tmp0High, tmp3High), half);
  const tmp11Low = i32x4.add(i32x4.add(tmp1Low, tmp2Low), half);
  const tmp11High = i32x4.add(i32x4.add(tmp1High, tmp2High), half);
  const tmp12Low = i32x4.add(i32x4.sub(tmp1Low, tmp2Low), half);
  const tmp12High = i32x4.add(i32x4.sub(tmp1High, tmp2High), half);

  // Odd part.
  const z3 = i16x8.add(in7, in3);
  const z4 = i16x8.add(in5, in1);
  const z34Low = interleavedLow(z3, z4);
  const z34High = interleavedHigh(z3, z4);
  const byZ3 = pairs(F_1_175 - F_1_961, F_1_175);
  const byZ4 = pairs(F_1_175, F_1_175 - F_0_390);
  const z3Low = i32x4.dot_i16x8_s(z34Low, byZ3);
  const z3High = i32x4.dot_i16x8_s(z34High, byZ3);
  const z4Low = i32x4.dot_i16x8_s(z34Low, byZ4);
  const z4High = i32x4.dot_i16x8_s(z34High, byZ4);
  const odd71Low = interleavedLow(in7, in1);
  const odd71High = interleavedHigh(in7, in1);
  const by7 = pairs(F_0_298 - F_0_899, -F_0_899);
  const by1 = pairs(-F_0_899, F_1_501 - F_0_899);
  const odd0Low = i32x4.add(i32x4.dot_i16x8_s(odd71Low, by7), z3Low);
  const odd0High = i32x4.add(i32x4.dot_i16x8_s(odd71High, by7), z3High);
  const odd3Low = i32x4.add(i32x4.dot_i16x8_s(odd71Low, by1), z4Low);
  const odd3High = i32x4.add(i32x4.dot_i16x8_s(odd71High, by1), z4High);
  const odd53Low = interleavedLow(in5, in3);
  const odd53High = interleavedHigh(in5, in3);
  const by5 = pairs(F_2_053 - F_2_562, -F_2_562);
  const byOdd3 = pairs(-F_2_562, F_3_072 - F_2_562);
  const odd1Low = i32x4.add(i32x4.dot_i16x8_s(odd53Low, by5), z4Low);
  const odd1High = i32x4.add(i32x4.dot_i16x8_s(odd53High, by5), z4High);
  const odd2Low = i32x4.add(i32x4.dot_i16x8_s(odd53Low, byOdd3), z3Low);
  const odd2High = i32x4.add(i32x4.dot_i16x8_s(odd53High, byOdd3), z3High);

  storeBoth(block, 7 * 16, tmp10Low, tmp10High, odd3Low, odd3High, shift);
  storeBoth(block + 16, 5 * 16, tmp11Low, tmp11High, odd2Low, odd2High, shift);
  storeBoth(block + 32, 3 * 16, tmp12Low, tmp12High, odd1Low, odd1High, shift);
  storeBoth(block + 48, 16, tmp13Low, tmp13High, odd0Low, odd0High, shift);
}

/** Stores even + odd at `at`, and even - odd `distance` bytes further. */
function storeBoth(
  at: usize,
  distance: usize,
  evenLow: v128,
  evenHigh: v128,
  oddLow: v128,
  oddHigh: v128,
  shift: i32,
): void {
  const sumLow = i32x4.shr_s(i32x4.add(evenLow, oddLow), shift);
  const sumHigh = i32x4.shr_s(i32x4.add(evenHigh, oddHigh), shift);
  v128.store(at, i16x8.narrow_i32x4_s(sumLow, sumHigh));
  const differenceLow = i32x4.shr_s(i32x4.sub(evenLow, oddLow), shift);
  const differenceHigh = i32x4.shr_s(i32x4.sub(evenHigh, oddHigh), shift);
  v128.store(at + distance, i16x8.narrow_i32x4_s(differenceLow, differenceHigh));
}

/** Exchanges rows and columns of int16 [8, 8], in place. */
function transpose(block: usize): void {
  const row0 = v128.load(block, 0);
  const row1 = v128.load(block, 16);
  const row2 = v128.load(block, 32);
  const row3 = v128.load(block, 48);
  const row4 = v128.load(block, 64);
  const row5 = v128.load(block, 80);
  const row6 = v128.load(block, 96);
  const row7 = v128.load(block, 112);
  // After three steps of interleaving rows that are four apart, each vector is a column.
  const a0 = interleavedLow(row0, row4);
  const a1 = interleavedHigh(row0, row4);
  const a2 = interleavedLow(row1, row5);
  const a3 = interleavedHigh(row1, row5);
  const a4 = interleavedLow(row2, row6);
  const a5 = interleavedHigh(row2, row6);
  const a6 = interleavedLow(row3, row7);
  const a7 = interleavedHigh(row3, row7);
  const b0 = interleavedLow(a0, a4);
  const b1 = interleavedHigh(a0, a4);
  const b2 = interleavedLow(a1, a5);
  const b3 = interleavedHigh(a1, a5);
  const b4 = interleavedLow(a2, a6);
  const b5 = interleavedHigh(a2, a6);
  const b6 = interleavedLow(a3, a7);
  const b7 = interleavedHigh(a3, a7);
  v128.store(block, interleavedLow(b0, b4), 0);
  v128.store(block, interleavedHigh(b0, b4), 16);
  v128.store(block, interleavedLow(b1, b5), 32);
  v128.store(block, interleavedHigh(b1, b5), 48);
  v128.store(block, interleavedLow(b2, b6), 64);
  v128.store(block, interleavedHigh(b2, b6), 80);
  v128.store(block, interleavedLow(b3, b7), 96);
  v128.store(block, interleavedHigh(b3, b7), 112);
}

function interleavedLow(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

function interleavedHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** int16 [8] of two numbers in turns. */
function pairs(first: i16, second: i16): v128 {
  return i32x4.splat((<i32>first & 0xffff) | ((<i32>second) << 16));
}
