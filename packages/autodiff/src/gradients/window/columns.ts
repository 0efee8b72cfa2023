/** What sliding windows see, as columns of a matrix. */
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
  const oneHot = new Float32Array(channels * taps * taps);
  for (let filter = 0; filter < channels * taps; filter++) {
    const tap = filter % taps;
    oneHot[filter * taps + (reversed ? taps - 1 - tap : tap)] = 1;
  }
  return builder.op("Conv", [x, builder.constant(float32([channels * taps, 1, ...kernel], oneHot))], {
    kernel_shape: ints(...kernel),
    strides: ints(...strides),
    dilations: ints(...dilations),
    pads: ints(...pads),
    group: int(channels),
  });
}
