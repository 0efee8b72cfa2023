/**
 * Loops of augmentations, in AssemblyScript with 128-bit SIMD; `npm run -s assemble` compiles them.
 *
 * Pixels are uint8, the channels of a pixel side by side. A loop may read and write 16 bytes past the end of what it is
 * given. Sums of float32 and float64 are made in Pillow's order.
 */

/** Binary digits after the point in the weights of a box. */
const BOX_BITS: i32 = 24;
const BOX_HALF: i32 = 1 << (BOX_BITS - 1);

/** Levels of a channel. */
const LEVELS: usize = 256;

/**
 * Resamples an image through an affine map of target to source positions, bilinearly. Target pixels whose position is
 * outside of the source stay as they are.
 *
 * @param source - uint8 [height, width, channels]; the target has the same size.
 * @param target - uint8 [height, width, channels].
 * @param width - Pixels.
 * @param height - Pixels.
 * @param channels - 1 or 3.
 * @param matrix - float64 [6]: x' = m0 (x + 0.5) + m1 (y + 0.5) + m2, y' = m3 (x + 0.5) + m4 (y + 0.5) + m5.
 */
export function affineBilinear(
  source: usize,
  target: usize,
  width: i32,
  height: i32,
  channels: i32,
  matrix: usize,
): void {
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, target += channels) {
      const xin = <f64>x + 0.5;
      const yin = <f64>y + 0.5;
      const fromX = load<f64>(matrix) * xin + load<f64>(matrix, 8) * yin + load<f64>(matrix, 16);
      const fromY = load<f64>(matrix, 24) * xin + load<f64>(matrix, 32) * yin + load<f64>(matrix, 40);
      if (!(fromX >= 0 && fromX < <f64>width && fromY >= 0 && fromY < <f64>height)) continue;
      const left = <i32>floor(fromX - 0.5);
      const top = <i32>floor(fromY - 0.5);
      const dx = fromX - 0.5 - <f64>left;
      const dy = fromY - 0.5 - <f64>top;
      const near = clip(left, width) * channels;
      const far = clip(left + 1, width) * channels;
      const upper = source + clip(top, height) * row;
      const isInside = top + 1 >= 0 && top + 1 < height;
      const lower = source + (top + 1) * row;
      if (channels === 1) {
        const v1 = between(<f64>load<u8>(upper + near), <f64>load<u8>(upper + far), dx);
        const v2 = isInside ? between(<f64>load<u8>(lower + near), <f64>load<u8>(lower + far), dx) : v1;
        store<u8>(target, <u8>between(v1, v2, dy));
        continue;
      }
      const across = f64x2.splat(dx);
      const down = f64x2.splat(dy);
      const a = pixelAt(upper + near);
      const b = pixelAt(upper + far);
      const v1 = between2(low(a), low(b), across);
      const w1 = between2(high(a), high(b), across);
      let v2 = v1;
      let w2 = w1;
      if (isInside) {
        const c = pixelAt(lower + near);
        const d = pixelAt(lower + far);
        v2 = between2(low(c), low(d), across);
        w2 = between2(high(c), high(d), across);
      }
      storePixel(target, between2(v1, v2, down), between2(w1, w2, down));
    }
  }
}

/** Resamples bicubically; arguments as those of `affineBilinear`. */
export function affineBicubic(
  source: usize,
  target: usize,
  width: i32,
  height: i32,
  channels: i32,
  matrix: usize,
): void {
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, target += channels) {
      const xin = <f64>x + 0.5;
      const yin = <f64>y + 0.5;
      const fromX = load<f64>(matrix) * xin + load<f64>(matrix, 8) * yin + load<f64>(matrix, 16);
      const fromY = load<f64>(matrix, 24) * xin + load<f64>(matrix, 32) * yin + load<f64>(matrix, 40);
      if (!(fromX >= 0 && fromX < <f64>width && fromY >= 0 && fromY < <f64>height)) continue;
      const left = <i32>floor(fromX - 0.5);
      const top = <i32>floor(fromY - 0.5);
      const dx = f64x2.splat(fromX - 0.5 - <f64>left);
      const dy = f64x2.splat(fromY - 0.5 - <f64>top);
      const x0 = clip(left - 1, width) * channels;
      const x1 = clip(left, width) * channels;
      const x2 = clip(left + 1, width) * channels;
      const x3 = clip(left + 2, width) * channels;
      const first = source + clip(top - 1, height) * row;
      cubicRow(first + x0, first + x1, first + x2, first + x3, dx);
      const v1 = rowLow;
      const w1 = rowHigh;
      // A row outside of the image takes the values of the one before.
      if (top >= 0 && top < height) {
        const at = source + top * row;
        cubicRow(at + x0, at + x1, at + x2, at + x3, dx);
      }
      const v2 = rowLow;
      const w2 = rowHigh;
      if (top + 1 >= 0 && top + 1 < height) {
        const at = source + (top + 1) * row;
        cubicRow(at + x0, at + x1, at + x2, at + x3, dx);
      }
      const v3 = rowLow;
      const w3 = rowHigh;
      if (top + 2 >= 0 && top + 2 < height) {
        const at = source + (top + 2) * row;
        cubicRow(at + x0, at + x1, at + x2, at + x3, dx);
      }
      const v = cubic(v1, v2, v3, rowLow, dy);
      const w = cubic(w1, w2, w3, rowHigh, dy);
      if (channels === 1) store<u8>(target, <u8>min(max(f64x2.extract_lane(v, 0), 0), 255));
      else storePixel(target, v, w);
    }
  }
}

/** Result of `cubicRow`: red and green; blue, and nothing. */
let rowLow: v128 = i32x4.splat(0);
let rowHigh: v128 = i32x4.splat(0);

/** Cubic interpolation of four pixels of a row; of one channel the first lane counts. */
function cubicRow(at0: usize, at1: usize, at2: usize, at3: usize, d: v128): void {
  const a = pixelAt(at0);
  const b = pixelAt(at1);
  const c = pixelAt(at2);
  const e = pixelAt(at3);
  const p2 = i32x4.sub(c, a);
  const p3 = i32x4.sub(i32x4.add(i32x4.shl(i32x4.sub(a, b), 1), c), e);
  const p4 = i32x4.add(i32x4.sub(i32x4.sub(b, a), c), e);
  rowLow = polynomial(low(b), low(p2), low(p3), low(p4), d);
  rowHigh = polynomial(high(b), high(p2), high(p3), high(p4), d);
}

function cubic(v1: v128, v2: v128, v3: v128, v4: v128, d: v128): v128 {
  const p2 = f64x2.add(f64x2.neg(v1), v3);
  const p3 = f64x2.sub(f64x2.add(f64x2.mul(f64x2.splat(2), f64x2.sub(v1, v2)), v3), v4);
  const p4 = f64x2.add(f64x2.sub(f64x2.add(f64x2.neg(v1), v2), v3), v4);
  return polynomial(v2, p2, p3, p4, d);
}

/** p1 + d (p2 + d (p3 + d p4)). */
function polynomial(p1: v128, p2: v128, p3: v128, p4: v128, d: v128): v128 {
  const inner = f64x2.add(p3, f64x2.mul(d, p4));
  return f64x2.add(p1, f64x2.mul(d, f64x2.add(p2, f64x2.mul(d, inner))));
}

/** The four bytes at an address, int32 [4]. */
function pixelAt(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load_ext<u8>(address));
}

function low(pixel: v128): v128 {
  return f64x2.convert_low_i32x4_s(pixel);
}

function high(pixel: v128): v128 {
  return f64x2.convert_low_i32x4_s(v128.shuffle<i32>(pixel, pixel, 2, 3, 2, 3));
}

function between2(a: v128, b: v128, d: v128): v128 {
  return f64x2.add(a, f64x2.mul(f64x2.sub(b, a), d));
}

function between(a: f64, b: f64, d: f64): f64 {
  return a + (b - a) * d;
}

/** Stores red, green and blue, truncated and clamped. */
function storePixel(target: usize, redGreen: v128, blue: v128): void {
  const a = i32x4.trunc_sat_f64x2_s_zero(redGreen);
  const b = i32x4.trunc_sat_f64x2_s_zero(blue);
  const levels = v128.shuffle<i32>(a, b, 0, 1, 4, 5);
  const words = i16x8.narrow_i32x4_s(levels, levels);
  const bytes = i8x16.narrow_i16x8_u(words, words);
  v128.store_lane<u16>(target, bytes, 0);
  v128.store_lane<u8>(target, bytes, 2, 2);
}

function clip(position: i32, size: i32): i32 {
  return max(0, min(position, size - 1));
}

/**
 * Replaces each level by that of its channel's table, in place.
 *
 * @param pixels - uint8 [count, channels].
 * @param count - Pixels.
 * @param channels - 1 or 3.
 * @param tables - uint8 [channels, 256].
 */
export function applyTables(pixels: usize, count: usize, channels: usize, tables: usize): void {
  const end = pixels + count * channels;
  if (channels === 1) {
    for (; pixels < end; pixels++) store<u8>(pixels, load<u8>(tables + load<u8>(pixels)));
    return;
  }
  for (; pixels < end; pixels += 3) {
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels)));
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels, 1), LEVELS), 1);
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels, 2), 2 * LEVELS), 2);
  }
}

/**
 * Counts the levels of each channel.
 *
 * @param pixels - uint8 [count, channels].
 * @param count - Pixels.
 * @param channels - 1 or 3.
 * @param counts - uint32 [channels, 256], zeros before.
 */
export function countLevels(pixels: usize, count: usize, channels: usize, counts: usize): void {
  const end = pixels + count * channels;
  for (; pixels < end; pixels += channels) {
    for (let channel: usize = 0; channel < channels; channel++) {
      const at = counts + 4 * (channel * LEVELS + load<u8>(pixels + channel));
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/**
 * Smooths an image by the kernel [1 1 1; 1 5 1; 1 1 1] / 13; pixels of the edge stay.
 *
 * @param source - uint8 [height, width, channels], at least 3 × 3.
 * @param target - uint8 [height, width, channels], a copy of the source.
 * @param width - Pixels.
 * @param height - Pixels.
 * @param channels - 1 or 3.
 */
export function smooth(source: usize, target: usize, width: usize, height: usize, channels: usize): void {
  const row = width * channels;
  const length = row - 2 * channels;
  for (let y: usize = 1; y < height - 1; y++) {
    const from = source + y * row + channels;
    const to = target + y * row + channels;
    for (let i: usize = 0; i < length; i += 16) {
      const at = from + i;
      const above = at - row;
      const below = at + row;
      const a = smoothed(at, above, below, channels, 0);
      const b = smoothed(at, above, below, channels, 4);
      const c = smoothed(at, above, below, channels, 8);
      const d = smoothed(at, above, below, channels, 12);
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
      if (length - i >= 16) v128.store(to + i, bytes);
      else storeBytes(to + i, bytes, length - i);
    }
  }
}

function smoothed(at: usize, above: usize, below: usize, step: usize, offset: usize): v128 {
  const one = f32x4.splat(<f32>1 / <f32>13);
  const five = f32x4.splat(<f32>5 / <f32>13);
  let sum = f32x4.splat(0.5);
  sum = f32x4.add(sum, three(below + offset, step, one, one));
  sum = f32x4.add(sum, three(at + offset, step, one, five));
  sum = f32x4.add(sum, three(above + offset, step, one, one));
  return i32x4.trunc_sat_f32x4_s(sum);
}

function three(at: usize, step: usize, side: v128, middle: v128): v128 {
  const sum = f32x4.add(f32x4.mul(levelsAt(at - step), side), f32x4.mul(levelsAt(at), middle));
  return f32x4.add(sum, f32x4.mul(levelsAt(at + step), side));
}

function levelsAt(address: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(v128.load_ext<u8>(address)));
}

function storeBytes(target: usize, bytes: v128, count: usize): void {
  let rest = bytes;
  for (let i: usize = 0; i < count; i++) {
    store<u8>(target + i, i8x16.extract_lane_u(rest, 0));
    rest = v128.shuffle<i8>(rest, rest, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
  }
}

/**
 * Mixes two images: trunc(from + factor · (to - from)), clamped, in float32.
 *
 * @param from - uint8 [length].
 * @param to - uint8 [length]; it takes the result, and up to 15 bytes more change.
 * @param length - Bytes.
 * @param factor - 0 gives `from`, 1 gives `to`.
 */
export function blend(from: usize, to: usize, length: usize, factor: f32): void {
  const by = f32x4.splat(factor);
  for (let i: usize = 0; i < length; i += 16) {
    const a = blended(from + i, to + i, by);
    const b = blended(from + i + 4, to + i + 4, by);
    const c = blended(from + i + 8, to + i + 8, by);
    const d = blended(from + i + 12, to + i + 12, by);
    v128.store(to + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

function blended(from: usize, to: usize, factor: v128): v128 {
  const start = levelsAt(from);
  return i32x4.trunc_sat_f32x4_s(f32x4.add(start, f32x4.mul(factor, f32x4.sub(levelsAt(to), start))));
}

/**
 * Adds a weighted image to sums: sums + weight · levels, in float32.
 *
 * @param sums - float32 [length].
 * @param levels - uint8 [length].
 * @param length - Numbers; up to 3 sums more change.
 * @param weight - Of the image.
 */
export function addWeighted(sums: usize, levels: usize, length: usize, weight: f32): void {
  const by = f32x4.splat(weight);
  for (let i: usize = 0; i < length; i += 4) {
    const at = sums + 4 * i;
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(by, levelsAt(levels + i))));
  }
}

/**
 * Truncates sums to levels, clamped.
 *
 * @param sums - float32 [length].
 * @param levels - uint8 [length]; up to 3 bytes more change.
 * @param length - Numbers.
 */
export function truncateSums(sums: usize, levels: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 4) {
    const whole = i32x4.trunc_sat_f32x4_s(v128.load(sums + 4 * i));
    const words = i16x8.narrow_i32x4_s(whole, whole);
    v128.store_lane<u32>(levels + i, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/**
 * One pass of a box blur along rows: the sum of the levels at -radius … radius times `weight`, and of the two next to
 * them times `edge`, / 2^24, rounded. Outside of the row its first and last pixels count.
 *
 * @param source - uint8 [height, width, channels].
 * @param target - uint8 [height, width, channels], another place; up to 1 byte more changes.
 * @param width - Pixels.
 * @param height - Pixels.
 * @param channels - 1 or 3.
 * @param radius - Pixels.
 * @param weight - Times 2^24.
 * @param edge - Times 2^24.
 */
export function boxBlurRows(
  source: usize,
  target: usize,
  width: i32,
  height: i32,
  channels: i32,
  radius: i32,
  weight: i32,
  edge: i32,
): void {
  const inner = i32x4.splat(weight);
  const outer = i32x4.splat(edge);
  for (let y = 0; y < height; y++) {
    const row = source + y * width * channels;
    let sum = i32x4.splat(0);
    for (let i = -radius - 1; i < radius; i++) sum = i32x4.add(sum, pixelAt(row + clip(i, width) * channels));
    for (let x = 0; x < width; x++, target += channels) {
      const before = pixelAt(row + clip(x - radius - 1, width) * channels);
      const after = pixelAt(row + clip(x + radius + 1, width) * channels);
      sum = i32x4.sub(i32x4.add(sum, pixelAt(row + clip(x + radius, width) * channels)), before);
      const levels = boxed(sum, i32x4.add(before, after), inner, outer);
      const words = i16x8.narrow_i32x4_s(levels, levels);
      const bytes = i8x16.narrow_i16x8_u(words, words);
      if (channels === 1) v128.store_lane<u8>(target, bytes, 0);
      else {
        v128.store_lane<u16>(target, bytes, 0);
        v128.store_lane<u8>(target, bytes, 2, 2);
      }
    }
  }
}

/**
 * One pass of a box blur along columns; see `boxBlurRows`.
 *
 * @param source - uint8 [height, length].
 * @param target - uint8 [height, length], another place; up to 3 bytes more change.
 * @param length - Bytes of a row.
 * @param height - Rows.
 * @param sums - int32 [length rounded up to 4].
 * @param radius - Rows.
 * @param weight - Times 2^24.
 * @param edge - Times 2^24.
 */
export function boxBlurColumns(
  source: usize,
  target: usize,
  length: i32,
  height: i32,
  sums: usize,
  radius: i32,
  weight: i32,
  edge: i32,
): void {
  const inner = i32x4.splat(weight);
  const outer = i32x4.splat(edge);
  for (let i = 0; i < length; i += 4) {
    let sum = i32x4.splat(0);
    for (let y = -radius - 1; y < radius; y++) {
      sum = i32x4.add(sum, pixelAt(source + clip(y, height) * length + i));
    }
    v128.store(sums + 4 * i, sum);
  }
  for (let y = 0; y < height; y++, target += length) {
    const first = source + clip(y - radius - 1, height) * length;
    const last = source + clip(y + radius, height) * length;
    const next = source + clip(y + radius + 1, height) * length;
    for (let i = 0; i < length; i += 4) {
      const before = pixelAt(first + i);
      const sum = i32x4.sub(i32x4.add(v128.load(sums + 4 * i), pixelAt(last + i)), before);
      v128.store(sums + 4 * i, sum);
      const levels = boxed(sum, i32x4.add(before, pixelAt(next + i)), inner, outer);
      const words = i16x8.narrow_i32x4_s(levels, levels);
      v128.store_lane<u32>(target + i, i8x16.narrow_i16x8_u(words, words), 0);
    }
  }
}

function boxed(sum: v128, ends: v128, inner: v128, outer: v128): v128 {
  const bulk = i32x4.add(i32x4.mul(sum, inner), i32x4.mul(ends, outer));
  return i32x4.shr_u(i32x4.add(bulk, i32x4.splat(BOX_HALF)), BOX_BITS);
}

/**
 * Weighted sums of numbers in a row, float32: target[i] = Σ_k weights[k] · source[i + k · step].
 *
 * @param source - uint8 [length + (taps - 1) · step].
 * @param target - float32 [length rounded up to 4].
 * @param length - Numbers.
 * @param step - From one number of a sum to the next.
 * @param weights - float32 [taps].
 * @param taps - Numbers of a sum.
 */
export function convolveRow(
  source: usize,
  target: usize,
  length: usize,
  step: usize,
  weights: usize,
  taps: usize,
): void {
  for (let i: usize = 0; i < length; i += 4) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < taps; k++) {
      sum = f32x4.add(sum, f32x4.mul(levelsAt(source + i + k * step), v128.load_splat<f32>(weights + 4 * k)));
    }
    v128.store(target + 4 * i, sum);
  }
}

/**
 * Weighted sums of rows, rounded to even and clamped.
 *
 * @param rows - uint32 [taps]: addresses of float32 [length].
 * @param target - uint8 [length]; up to 3 bytes more change.
 * @param length - Numbers.
 * @param weights - float32 [taps].
 * @param taps - Rows of a sum.
 */
export function convolveColumns(
  rows: usize,
  target: usize,
  length: usize,
  weights: usize,
  taps: usize,
): void {
  for (let i: usize = 0; i < length; i += 4) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < taps; k++) {
      const row = <usize>load<u32>(rows + 4 * k);
      sum = f32x4.add(sum, f32x4.mul(v128.load(row + 4 * i), v128.load_splat<f32>(weights + 4 * k)));
    }
    const levels = i32x4.trunc_sat_f32x4_s(f32x4.nearest(sum));
    const words = i16x8.narrow_i32x4_s(levels, levels);
    v128.store_lane<u32>(target + i, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
