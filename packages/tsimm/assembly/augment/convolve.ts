/** Passes of a separable convolution. */
import { levelsAt } from "./levels";

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
