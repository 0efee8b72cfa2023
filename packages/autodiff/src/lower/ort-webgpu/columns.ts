/** What sliding windows see, as columns of a matrix whose rows are windows. */
import { int } from "../../graph/attributes.ts";
import type { Tensor, Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import type { Rewriting } from "./rewriting.ts";

/** A window, perhaps with its taps from the last to the first. */
export interface TapWindow extends Omit<Window2d, "ceilMode"> {
  readonly reversed?: boolean;
}

/** Kernels for products read four numbers at a time where rows have a length that divides by it. */
const vectorWidth = 4;

/** Taps of a row of columns, some of them made up, so that its length divides by the width of vectors. */
export function paddedTaps(taps: number, channels: number): number {
  let padded = taps;
  while ((padded * channels) % vectorWidth !== 0) padded++;
  return padded;
}

/** Windows along an axis. */
export function windowCount(
  { kernel, strides, dilations, pads }: TapWindow,
  axis: 0 | 1,
  size: number,
): number {
  const reach = (kernel[axis] - 1) * dilations[axis] + 1;
  return Math.floor((size + pads[axis] + pads[axis === 0 ? 2 : 3] - reach) / strides[axis]) + 1;
}

/**
 * What each window sees: [N, C, H, W] -> [N, Ho Wo, T C], the channels of a tap side by side, taps in the order of rows.
 *
 * T is R S, or more where {@link paddedTaps} makes up taps, which see any pixel.
 */
export function columnsOf(rewriting: Rewriting, x: Value, window: TapWindow): Value {
  const { builder, math } = rewriting;
  const [planes = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [top, left, bottom, right] = window.pads;
  const last = channels === 1 ? math.reshape(x, [planes, height, width, 1]) : math.transpose(x, [0, 2, 3, 1]);
  const padded = window.pads.every((pixels) => pixels === 0)
    ? last
    : builder.op("Pad", [
        last,
        builder.constant(int64([8], [0, top, left, 0, 0, bottom, right, 0])),
        builder.constant(float32([], [0])),
      ]);
  const [, high = 0, wide = 0] = padded.shape;
  const [rows, columns] = [windowCount(window, 0, height), windowCount(window, 1, width)];
  const pixels = math.reshape(padded, [planes, high * wide, channels]);
  const taps = paddedTaps(elementCount(window.kernel), channels);
  const seesAll = taps === 1 && rows * columns === high * wide;
  const seen = seesAll
    ? pixels
    : builder.op("Gather", [pixels, builder.constant(places(window, [rows, columns], wide, taps))], {
        axis: int(1),
      });
  return math.reshape(seen, [planes, rows * columns, taps * channels]);
}

/** Pixel of its plane that each tap of each window sees. */
function places(
  { kernel, strides, dilations, reversed = false }: TapWindow,
  [rows, columns]: readonly [number, number],
  wide: number,
  taps: number,
): Tensor {
  const real = elementCount(kernel);
  const data = new Int32Array(rows * columns * taps);
  const offsets = Array.from({ length: real }, (_, index) => {
    const tap = reversed ? real - 1 - index : index;
    return Math.floor(tap / kernel[1]) * dilations[0] * wide + (tap % kernel[1]) * dilations[1];
  });
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += taps) {
      const first = row * strides[0] * wide + column * strides[1];
      for (let tap = 0; tap < taps; tap++) data[at + tap] = first + (offsets[tap] ?? 0);
    }
  }
  return { dtype: "int32", shape: [data.length], data };
}
