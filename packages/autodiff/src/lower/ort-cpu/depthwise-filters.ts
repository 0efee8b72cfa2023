/** Gradient of a depthwise convolution by its filters, for large filters and small maps. */
import { firstTaps } from "../../gradients/window/conv-filters.ts";
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";

/**
 * Sees each channel of each image through its gradient as the filter, strides and dilations in each other's place,
 * and sums over the images.
 *
 * It needs no memory for what each tap sees. Two to three times as fast as columns at 5×5 and 7×7; at 3×3
 * nearly twice over the smallest maps, and slower from about 10×10 on.
 *
 * @param gradient - float32 [B, C, Ho, Wo].
 * @param x - float32 [B, C, H, W].
 * @returns float32 [C, 1, R, S].
 */
export function depthwiseFilterGradient(
  builder: GraphBuilder,
  gradient: Value,
  x: Value,
  { kernel, strides, dilations, pads }: Window2d,
): Value {
  const math = arithmetic(builder);
  const [batch = 0, channels = 0, rows = 0, columns = 0] = gradient.shape;
  const [, , height = 0, width = 0] = x.shape;
  const planes = batch * channels;
  const pixels = math.reshape(x, [1, planes, height, width]);
  const filters = math.reshape(gradient, [planes, 1, rows, columns]);
  const taps = builder.op("Conv", [pixels, filters], {
    kernel_shape: ints(rows, columns),
    strides: ints(...dilations),
    dilations: ints(...strides),
    pads: ints(...pads),
    group: int(planes),
  });
  const perImage = math.reshape(firstTaps(builder, taps, kernel), [batch, channels, 1, ...kernel]);
  return math.sum(perImage, [0]);
}
