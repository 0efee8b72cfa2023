/** Mixtures of images. */
import { levelsAt } from "./levels";

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
