/** What sliding windows see, as columns of a matrix. */
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { float32 } from "../../graph/tensor.ts";
import { spreadWindows } from "./spread-windows.ts";

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
