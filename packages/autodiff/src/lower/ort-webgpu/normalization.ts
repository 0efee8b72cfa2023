/** Normalizations without a kernel, and softmax. */
import { float, int, ints, readFloat, readInt } from "../../graph/attributes.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import type { Spelling } from "./recipe.ts";

/** z - max - log sum exp(z - max). */
export const logSoftmax: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const [z] = rewriting.inputsOf(node);
  if (!z) return undefined;
  const given = readInt(node.attributes, "axis", -1);
  const axis = given < 0 ? given + z.shape.length : given;
  const largest =
    rewriting.old.opset >= 18
      ? builder.op("ReduceMax", [z, builder.constant(int64([1], [axis]))], { keepdims: int(1) })
      : builder.op("ReduceMax", [z], { axes: ints(axis), keepdims: int(1) });
  const shifted = math.sub(z, largest);
  return math.sub(shifted, math.unary("Log", math.sum(math.unary("Exp", shifted), [axis], true)));
};

/** Each group as a channel of an InstanceNormalization, then scale and bias of a channel, or of a group. */
export const groupNormalization: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const [x, scale, bias] = rewriting.inputsOf(node);
  if (!x || !scale || !bias) return undefined;
  const groups = readInt(node.attributes, "num_groups", 1);
  const [batch = 0] = x.shape;
  const [units = 1] = scale.shape;
  const constant = (entry: number) =>
    builder.constant(float32([groups], new Float32Array(groups).fill(entry)));
  const all = elementCount(x.shape);
  const z = builder.op(
    "InstanceNormalization",
    [math.reshape(x, [batch, groups, all / batch / groups]), constant(1), constant(0)],
    { epsilon: float(readFloat(node.attributes, "epsilon", 1e-5)) },
  );
  const perUnit = math.reshape(z, [batch, units, all / batch / units]);
  const scaled = math.mul(perUnit, math.reshape(scale, [units, 1]));
  return math.reshape(math.add(scaled, math.reshape(bias, [units, 1])), x.shape);
};

/** x (bias + alpha / size times the sum of x^2 over the channels around)^-beta; the sums are a product with a band. */
export const lrn: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const [x] = rewriting.inputsOf(node);
  if (!x) return undefined;
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const size = readInt(node.attributes, "size", 1);
  const band = new Float32Array(channels * channels);
  for (let channel = 0; channel < channels; channel++) {
    const first = Math.max(channel - Math.floor((size - 1) / 2), 0);
    const last = Math.min(channel + Math.ceil((size - 1) / 2), channels - 1);
    band.fill(1, channel * channels + first, channel * channels + last + 1);
  }
  const squares = math.reshape(math.mul(x, x), [batch, channels, elementCount(rest)]);
  const sums = math.reshape(
    math.matMul(builder.constant(float32([channels, channels], band)), squares),
    x.shape,
  );
  const alpha = readFloat(node.attributes, "alpha", 1e-4) / size;
  const s = math.add(math.mul(sums, alpha), readFloat(node.attributes, "bias", 1));
  return math.mul(x, builder.op("Pow", [s, math.constant(-readFloat(node.attributes, "beta", 0.75))]));
};
