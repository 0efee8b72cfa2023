/** Passes of a box blur. */
import { clip } from "./clip";
import { pixelAt } from "./pixel";

/** Binary digits after the point in the weights of a box. */
const BOX_BITS: i32 = 24;
const BOX_HALF: i32 = 1 << (BOX_BITS - 1);

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
