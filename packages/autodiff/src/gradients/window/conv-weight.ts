/** Gradient of a convolution by its filters. */
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { float32 } from "../../graph/tensor.ts";
import { depthwiseWeightGradient } from "./depthwise-weight.ts";

/**
 * The adjoint of w -> w * x: for each filter and tap, the sum over images and positions of dy times the pixel
 * that the tap saw.
 *
 * @param gradient - float32 [B, K, Ho, Wo].
 * @param x - float32 [B, C, H, W].
 * @param weightShape - [K, C/groups, R, S].
 * @returns float32 [K, C/groups, R, S].
 */
export function convWeightGradient(
  builder: GraphBuilder,
  gradient: Value,
  x: Value,
  window: Window2d,
  weightShape: readonly number[],
  groups: number,
): Value {
  const [, channels = 0, height = 0, width = 0] = weightShape;
  const depthwise = weightShape[0] === groups && channels === 1;
  if (depthwise && height * width > 9) return depthwiseWeightGradient(builder, gradient, x, window);
  const math = arithmetic(builder);
  const [batch = 0, filters = 0, rows = 0, columns = 0] = gradient.shape;
  const positions = rows * columns;
  const seen = columnsOf(builder, x, window);
  const taps = (seen.shape[1] ?? 0) / groups;
  const perGroup = filters / groups;
  const left = math.reshape(gradient, [batch, groups, perGroup, positions]);
  const right = math.reshape(seen, [batch, groups, taps, positions]);
  if (positions >= perGroup) {
    const perImage = math.matMul(left, right, { b: true });
    return math.reshape(math.sum(perImage, [0]), weightShape);
  }
  // Small maps: one product over all images, since a result per image would be larger than its factors.
  const joined = (value: Value, channels: number) =>
    math.reshape(math.transpose(value, [1, 2, 0, 3]), [groups, channels, batch * positions]);
  const product = math.matMul(joined(left, perGroup), joined(right, taps), { b: true });
  return math.reshape(product, weightShape);
}

/**
 * What each window sees, as columns: [B, C R S, Ho Wo].
 *
 * A depthwise convolution by one-hot filters picks tap (r, s) of channel c into channel (c R + r) S + s, on all
 * threads and in the order of the filters' memory.
 */
function columnsOf(builder: GraphBuilder, x: Value, { kernel, strides, dilations, pads }: Window2d): Value {
  const [, channels = 0] = x.shape;
  const taps = kernel[0] * kernel[1];
  const seesItself =
    taps === 1 && strides.every((step) => step === 1) && pads.every((pixels) => pixels === 0);
  if (seesItself) return x;
  const oneHot = new Float32Array(channels * taps * taps);
  for (let filter = 0; filter < channels * taps; filter++) oneHot[filter * taps + (filter % taps)] = 1;
  return builder.op("Conv", [x, builder.constant(float32([channels * taps, 1, ...kernel], oneHot))], {
    kernel_shape: ints(...kernel),
    strides: ints(...strides),
    dilations: ints(...dilations),
    pads: ints(...pads),
    group: int(channels),
  });
}
