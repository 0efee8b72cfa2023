/** The kernel of Pillow's SMOOTH filter. */
import { levelsAt } from "./levels";

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

function storeBytes(target: usize, bytes: v128, count: usize): void {
  let rest = bytes;
  for (let i: usize = 0; i < count; i++) {
    store<u8>(target + i, i8x16.extract_lane_u(rest, 0));
    rest = v128.shuffle<i8>(rest, rest, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
  }
}
