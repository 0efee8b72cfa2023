/** Gradients of batch normalization in few passes over the images. */
import type { GradientContext, GradientRule } from "../../gradients/gradient-rule.ts";
import { float, int, readFloat, readInt } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";

/**
 * The rule of BatchNormalization, spelled so that dx takes two passes over the images.
 *
 * y = scale (x - mean) inv + bias per channel, inv = 1 / sqrt(variance + epsilon).
 *
 * dbias = S(dy), dscale = inv (S(dy x) - mean S(dy)), S the sum over images and pixels. With given statistics
 * dx = scale inv dy; with those of the batch, of n = B H W elements a channel,
 * dx = a dy + b x + c, a = scale inv, b = -a inv dscale / n, c = -a dbias / n - b mean.
 */
export const batchNormalization: GradientRule = (context) => {
  const { gradient, input, name, attributes, builder, math } = context;
  const x = input(0);
  const ofBatch = readInt(attributes, "training_mode", 0) === 1;
  const mean = ofBatch ? builder.optionalOutput(name, 1) : input(3);
  const variance = ofBatch ? builder.optionalOutput(name, 2) : input(4);
  const deviation = math.unary("Sqrt", math.add(variance, readFloat(attributes, "epsilon", 1e-5)));
  const inverse = math.unary("Reciprocal", deviation);
  const byBias = channelSums(context, gradient);
  const byScale = math.mul(inverse, math.sub(channelProducts(context, gradient, x), math.mul(mean, byBias)));
  const a = math.mul(input(1), inverse);
  if (!ofBatch) return [perChannel(context, gradient, a), byScale, byBias];
  const count = elementCount(x.shape) / elementCount(mean.shape);
  const b = math.mul(math.mul(a, inverse), math.mul(byScale, -1 / count));
  const c = math.sub(math.mul(math.mul(a, byBias), -1 / count), math.mul(b, mean));
  return [math.add(perChannel(context, gradient, a), perChannel(context, x, b, c)), byScale, byBias];
};

/** Sums [B, C, ...] over all but the channels; in two steps, which is twice as fast as in one. */
function channelSums({ math }: GradientContext, value: Value): Value {
  const [batch = 0, channels = 0, ...rest] = value.shape;
  return math.sum(math.sum(math.reshape(value, [batch, channels, elementCount(rest)]), [2]), [0]);
}

/** Planes from this size on are multiplied and summed at once, smaller ones one after the other. */
const largePlane = 1024;

/** Sums of a b over all but the channels. */
function channelProducts(context: GradientContext, a: Value, b: Value): Value {
  const { math } = context;
  const [batch = 0, channels = 0, ...rest] = a.shape;
  const plane = elementCount(rest);
  if (plane < largePlane) return channelSums(context, math.mul(a, b));
  const rows = (value: Value) => math.reshape(value, [batch * channels, 1, plane]);
  const products = math.matMul(rows(a), rows(b), { b: true });
  return math.sum(math.reshape(products, [batch, channels]), [0]);
}

/** factor x + offset per channel, in one pass: the inference form of batch normalization. */
function perChannel({ builder }: GradientContext, x: Value, factor: Value, offset?: Value): Value {
  const length = elementCount(factor.shape);
  const zeros = builder.constant(float32([length], new Float32Array(length)));
  const ones = builder.constant(float32([length], new Float32Array(length).fill(1)));
  return builder.op("BatchNormalization", [x, factor, offset ?? zeros, zeros, ones], {
    epsilon: float(0),
    training_mode: int(0),
  });
}
