/** Resampling of an image through an affine map. */
import { clip } from "./clip";
import { pixelAt } from "./pixel";

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
