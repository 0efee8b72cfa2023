/**
 * Loops over pixels, in AssemblyScript with 128-bit SIMD; `npm run -s assemble` compiles them.
 *
 * Pixels are uint8, the channels of a pixel side by side. A loop may read 16 bytes and write 3 bytes past the end of
 * what it is given. Weights are integers times 2^22, as Pillow has them; a sum starts at one half and stays below
 * 2^31: 255 · 2^22 times at most 1.25, the absolute weights of a bicubic kernel.
 */

const WEIGHT_BITS: i32 = 22;
const HALF: i32 = 1 << (WEIGHT_BITS - 1);

/** Luminance of ITU-R 601 times 2^16, as Pillow's `convert("L")`. */
const RED: i32 = 19595;
const GREEN: i32 = 38470;
const BLUE: i32 = 7471;
const LUMINANCE_HALF: i32 = 0x8000;

/** Pixels whose luminances are added up in 32 bits. */
const PIXELS_AT_ONCE: usize = 1 << 20;

/**
 * Resamples a row of red, green and blue.
 *
 * @param source - uint8 [.., 3].
 * @param target - uint8 [width, 3].
 * @param width - Pixels of the target.
 * @param starts - int32 [width]: first source pixel of each target pixel.
 * @param counts - int32 [width]: source pixels of each target pixel.
 * @param weights - int32 [width, stride].
 * @param stride - Weights from one target pixel to the next.
 */
export function resampleColourRow(
  source: usize,
  target: usize,
  width: usize,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: usize,
): void {
  for (const end = target + 3 * width; target < end; target += 3) {
    let from = source + 3 * load<u32>(starts);
    let weight = weights;
    let sum = i32x4.splat(HALF);
    for (const last = weight + 4 * load<u32>(counts); weight < last; weight += 4) {
      // Red, green, blue and the next pixel's red, which is left out in the end.
      const pixel = i32x4.extend_low_i16x8_u(v128.load_ext<u8>(from));
      sum = i32x4.add(sum, i32x4.mul(pixel, v128.load_splat<i32>(weight)));
      from += 3;
    }
    const levels = rounded(sum);
    v128.store_lane<u32>(target, clamped(i16x8.narrow_i32x4_s(levels, levels), levels), 0);
    starts += 4;
    counts += 4;
    weights += 4 * stride;
  }
}

/** Resamples a row of one channel; arguments as those of `resampleColourRow`. */
export function resampleGreyRow(
  source: usize,
  target: usize,
  width: usize,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: usize,
): void {
  for (const end = target + width; target < end; target++) {
    let from = source + load<u32>(starts);
    let weight = weights;
    let sum = HALF;
    for (const last = weight + 4 * load<u32>(counts); weight < last; weight += 4) {
      sum += <i32>load<u8>(from) * load<i32>(weight);
      from++;
    }
    store<u8>(target, <u8>min(max(sum >> WEIGHT_BITS, 0), 255));
    starts += 4;
    counts += 4;
    weights += 4 * stride;
  }
}

/**
 * Weighted sum of rows, which lie in a ring.
 *
 * @param ring - Start of the first row of the ring.
 * @param pitch - Bytes from one row of the ring to the next, >= the length rounded up to 16.
 * @param rows - Rows of the ring.
 * @param first - Place of the first row that counts, < `rows`.
 * @param count - Rows that count, <= `rows`.
 * @param weights - int32 [count].
 * @param target - uint8 [length]; up to 15 bytes more are written.
 * @param length - Bytes of a row.
 */
export function resampleColumns(
  ring: usize,
  pitch: usize,
  rows: usize,
  first: usize,
  count: usize,
  weights: usize,
  target: usize,
  length: usize,
): void {
  const start = ring + first * pitch;
  const ringEnd = ring + rows * pitch;
  const lastWeight = weights + 4 * count;
  for (let offset: usize = 0; offset < length; offset += 16) {
    let from = start + offset;
    let a = i32x4.splat(HALF);
    let b = a;
    let c = a;
    let d = a;
    for (let at = weights; at < lastWeight; at += 4) {
      const weight = v128.load_splat<i32>(at);
      const levels = v128.load(from);
      const low = i16x8.extend_low_i8x16_u(levels);
      const high = i16x8.extend_high_i8x16_u(levels);
      a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
      b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
      c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
      d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
      from += pitch;
      if (from >= ringEnd) from -= rows * pitch;
    }
    const low = i16x8.narrow_i32x4_s(rounded(a), rounded(b));
    v128.store(target + offset, i8x16.narrow_i16x8_u(low, i16x8.narrow_i32x4_s(rounded(c), rounded(d))));
  }
}

/**
 * Mixes levels with one level, in place: trunc(level + factor · (v - level)), clamped, in float32.
 *
 * @param levels - uint8 [length]; up to 15 bytes more are changed.
 * @param length - Bytes.
 * @param level - At factor 0.
 * @param factor - At 1 nothing changes.
 */
export function blendWithLevel(levels: usize, length: usize, level: f32, factor: f32): void {
  const from = f32x4.splat(level);
  const by = f32x4.splat(factor);
  for (const end = levels + length; levels < end; levels += 16) {
    const before = v128.load(levels);
    const low = i16x8.extend_low_i8x16_u(before);
    const high = i16x8.extend_high_i8x16_u(before);
    const a = blended(from, i32x4.extend_low_i16x8_u(low), by);
    const b = blended(from, i32x4.extend_high_i16x8_u(low), by);
    const c = blended(from, i32x4.extend_low_i16x8_u(high), by);
    const d = blended(from, i32x4.extend_high_i16x8_u(high), by);
    v128.store(levels, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

/**
 * Mixes pixels with their luminance, in place: trunc(L + factor · (v - L)), clamped, in float32.
 *
 * @param pixels - uint8 [count, 3]; up to 3 pixels more are changed.
 * @param count - Pixels.
 * @param factor - At 0 grey, at 1 nothing changes.
 */
export function blendWithLuminance(pixels: usize, count: usize, factor: f32): void {
  const by = f32x4.splat(factor);
  for (const end = pixels + 3 * count; pixels < end; pixels += 12) {
    const before = v128.load(pixels);
    const luminance = f32x4.convert_i32x4_s(luminances(before));
    const low = i16x8.extend_low_i8x16_u(before);
    const high = i16x8.extend_high_i8x16_u(before);
    const a = blended(v128.shuffle<i32>(luminance, luminance, 0, 0, 0, 1), i32x4.extend_low_i16x8_u(low), by);
    const b = blended(
      v128.shuffle<i32>(luminance, luminance, 1, 1, 2, 2),
      i32x4.extend_high_i16x8_u(low),
      by,
    );
    const c = blended(
      v128.shuffle<i32>(luminance, luminance, 2, 3, 3, 3),
      i32x4.extend_low_i16x8_u(high),
      by,
    );
    const after = clamped(i16x8.narrow_i32x4_s(a, b), c);
    v128.store_lane<u64>(pixels, after, 0);
    v128.store_lane<u32>(pixels, after, 2, 8);
  }
}

/**
 * Sum of the luminances of pixels.
 *
 * @param pixels - uint8 [count, 3].
 * @param count - Pixels.
 */
export function sumOfLuminances(pixels: usize, count: usize): f64 {
  let total: f64 = 0;
  while (count > 0) {
    const part = min(count, PIXELS_AT_ONCE);
    total += <f64>sumOfPart(pixels, part);
    pixels += 3 * part;
    count -= part;
  }
  return total;
}

function sumOfPart(pixels: usize, count: usize): u32 {
  let sum = i32x4.splat(0);
  for (const end = pixels + 3 * (count & ~3); pixels < end; pixels += 12) {
    sum = i32x4.add(sum, luminances(v128.load(pixels)));
  }
  // Of the last pixels, lanes past the end do not count.
  const kept = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>(count & 3)));
  sum = i32x4.add(sum, v128.and(luminances(v128.load(pixels)), kept));
  return (
    i32x4.extract_lane(sum, 0) +
    i32x4.extract_lane(sum, 1) +
    i32x4.extract_lane(sum, 2) +
    i32x4.extract_lane(sum, 3)
  );
}

/** Luminances of the first four pixels of 16 bytes, int32 [4]. */
function luminances(pixels: v128): v128 {
  const red = i8x16.swizzle(pixels, i32x4(0x80808000, 0x80808003, 0x80808006, 0x80808009));
  const green = i8x16.swizzle(pixels, i32x4(0x80808001, 0x80808004, 0x80808007, 0x8080800a));
  const blue = i8x16.swizzle(pixels, i32x4(0x80808002, 0x80808005, 0x80808008, 0x8080800b));
  const sum = i32x4.add(
    i32x4.add(i32x4.mul(red, i32x4.splat(RED)), i32x4.mul(green, i32x4.splat(GREEN))),
    i32x4.add(i32x4.mul(blue, i32x4.splat(BLUE)), i32x4.splat(LUMINANCE_HALF)),
  );
  return i32x4.shr_u(sum, 16);
}

/** `from` at factor 0, `to` at factor 1, in float32; truncated, still to be clamped. */
function blended(from: v128, to: v128, factor: v128): v128 {
  const difference = f32x4.sub(f32x4.convert_i32x4_s(to), from);
  return i32x4.trunc_sat_f32x4_s(f32x4.add(from, f32x4.mul(factor, difference)));
}

function rounded(sum: v128): v128 {
  return i32x4.shr_s(sum, WEIGHT_BITS);
}

/** Levels of int16 [8] and int32 [4] as uint8. */
function clamped(low: v128, high: v128): v128 {
  return i8x16.narrow_i16x8_u(low, i16x8.narrow_i32x4_s(high, high));
}
