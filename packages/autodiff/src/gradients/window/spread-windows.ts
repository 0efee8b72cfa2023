/** The adjoint of a sliding window: each window's gradient goes back to the pixels it saw. */
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";

/**
 * Transposed convolution that undoes the geometry of `window`.
 *
 * @param gradient - float32 [B, K, Ho, Wo], one entry per window.
 * @param weight - float32 [K, C/groups, R, S].
 * @param size - [H, W] of the pixels.
 * @returns float32 [B, C, H, W].
 */
export function spreadWindows(
  builder: GraphBuilder,
  gradient: Value,
  weight: Value,
  { kernel, strides, dilations, pads }: Window2d,
  size: readonly [number, number],
  groups: number,
): Value {
  const [, , rows = 0, columns = 0] = gradient.shape;
  const reach = (axis: 0 | 1, count: number) =>
    (count - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis];
  // Pixels beyond the last window receive nothing; a window that reaches beyond the image is cut.
  const missing = [size[0] - reach(0, rows), size[1] - reach(1, columns)] as const;
  const cut = missing.map((pixels) => Math.max(-pixels, 0));
  return builder.op("ConvTranspose", [gradient, weight], {
    kernel_shape: ints(...kernel),
    strides: ints(...strides),
    dilations: ints(...dilations),
    pads: ints(pads[0], pads[1], ...cut),
    output_padding: ints(...missing.map((pixels) => Math.max(pixels, 0))),
    group: int(groups),
  });
}
