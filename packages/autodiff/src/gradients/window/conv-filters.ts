/** Gradient of a convolution by its filters, as a convolution. */
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { int64 } from "../../graph/tensor.ts";

/** A convolution x -> y. */
export interface Convolution {
  /** float32 [B, C, H, W]. */
  readonly x: Value;
  /** Gradient by y, float32 [B, K, Ho, Wo]. */
  readonly gradient: Value;
  /** [K, C/groups, R, S]. */
  readonly weightShape: readonly number[];
  readonly window: Window2d;
  readonly groups: number;
}

/**
 * dw[k, c, r, s] = sum over b, i, j of dy[b, k, i, j] x[b, c, i stride + r dilation, j stride + s dilation], x padded.
 *
 * That is a convolution of x by dy, images and channels in each other's place, as are strides and dilations.
 *
 * @returns float32 [K, C/groups, R, S].
 */
export function filterGradient(
  builder: GraphBuilder,
  { x, gradient, weightShape, window, groups }: Convolution,
): Value {
  const math = arithmetic(builder);
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const [, , rows = 0, columns = 0] = gradient.shape;
  const [, channels = 0] = weightShape;
  const { kernel, strides, dilations, pads } = window;
  const grouped = math.reshape(x, [batch, groups, channels, height, width]);
  const images = math.reshape(math.transpose(grouped, [2, 1, 0, 3, 4]), [
    channels,
    groups * batch,
    height,
    width,
  ]);
  const taps = builder.op("Conv", [images, math.transpose(gradient, [1, 0, 2, 3])], {
    kernel_shape: ints(rows, columns),
    strides: ints(...dilations),
    dilations: ints(...strides),
    pads: ints(...pads),
    group: int(groups),
  });
  return math.transpose(firstTaps(builder, taps, kernel), [1, 0, 2, 3]);
}

/**
 * The first [R, S] places of a filter's gradient: where a stride leaves pixels at the far edges unseen, the gradient
 * fits in more places than there are taps.
 */
export function firstTaps(builder: GraphBuilder, taps: Value, kernel: readonly [number, number]): Value {
  if (taps.shape[2] === kernel[0] && taps.shape[3] === kernel[1]) return taps;
  const vector = (...values: number[]) => builder.constant(int64([values.length], values));
  return builder.op("Slice", [taps, vector(0, 0), vector(...kernel), vector(2, 3)]);
}
