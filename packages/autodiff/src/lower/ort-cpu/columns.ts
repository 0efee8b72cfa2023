/** What sliding windows see, as columns of a matrix. */
import { spreadWindows } from "../../gradients/window/spread-windows.ts";
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { float32 } from "../../graph/tensor.ts";

/**
 * What each window sees: float32 [B, C, H, W] -> [B, C R S, Ho, Wo].
 *
 * A depthwise convolution by one-hot filters picks tap (r, s) of channel c into channel (c R + r) S + s, on all
 * threads and in the order of the filters' memory.
 *
 * @param reversed - Picks the taps of each channel from the last to the first.
 */
export function columnsOf(
  builder: GraphBuilder,
  x: Value,
  { kernel, strides, dilations, pads }: Omit<Window2d, "ceilMode">,
  { reversed = false }: { readonly reversed?: boolean } = {},
): Value {
  const [, channels = 0] = x.shape;
  const taps = kernel[0] * kernel[1];
  const seesItself =
    taps === 1 && strides.every((step) => step === 1) && pads.every((pixels) => pixels === 0);
  if (seesItself) return x;
  return builder.op("Conv", [x, oneHotFilters(builder, channels, kernel, reversed)], {
    kernel_shape: ints(...kernel),
    strides: ints(...strides),
    dilations: ints(...dilations),
    pads: ints(...pads),
    group: int(channels),
  });
}

/** Whether the filters that pick each tap of so many channels are small enough for a constant. */
export function columnsFit(channels: number, [rows, columns]: readonly [number, number]): boolean {
  return channels * (rows * columns) ** 2 <= largestConstant;
}

/** 256 MB of float32. */
const largestConstant = 2 ** 26;

/**
 * What each window of all images sees: float32 [B, C, H, W] -> [groups, C/groups R S, B Ho Wo].
 *
 * A product with these columns serves the whole batch.
 */
export function joinedColumnsOf(builder: GraphBuilder, x: Value, window: Window2d, groups: number): Value {
  const math = arithmetic(builder);
  const seen = columnsOf(builder, x, window);
  const [batch = 0, taps = 0, rows = 0, columns = 0] = seen.shape;
  const perImage = math.reshape(seen, [batch, taps, rows * columns]);
  const shape = [groups, taps / groups, batch * rows * columns];
  return math.reshape(math.transpose(perImage, [1, 0, 2]), shape);
}

/**
 * The adjoint of {@link columnsOf}: each entry is added to the pixel that its tap saw.
 *
 * @param columns - float32 [B, C R S, Ho, Wo].
 * @param size - [H, W] of the pixels.
 * @returns float32 [B, C, H, W].
 */
export function addColumns(
  builder: GraphBuilder,
  columns: Value,
  window: Window2d,
  size: readonly [number, number],
): Value {
  const [, taps = 0] = columns.shape;
  const channels = taps / (window.kernel[0] * window.kernel[1]);
  return spreadWindows(
    builder,
    columns,
    oneHotFilters(builder, channels, window.kernel),
    window,
    size,
    channels,
  );
}

/** Filters [C R S, 1, R, S], each of which sees one tap. */
function oneHotFilters(
  builder: GraphBuilder,
  channels: number,
  kernel: readonly [number, number],
  reversed = false,
): Value {
  const taps = kernel[0] * kernel[1];
  const oneHot = new Float32Array(channels * taps * taps);
  for (let filter = 0; filter < channels * taps; filter++) {
    const tap = filter % taps;
    oneHot[filter * taps + (reversed ? taps - 1 - tap : tap)] = 1;
  }
  return builder.constant(float32([channels * taps, 1, ...kernel], oneHot));
}
