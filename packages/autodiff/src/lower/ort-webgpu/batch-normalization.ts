/** Batch normalization by the batch's statistics, which the WebGPU provider does not compute, and its gradient. */

import type { Derivation } from "../../gradients/derivation.ts";
import { float, int, readFloat, text } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";
import { once } from "./once.ts";
import type { Rewriting, ScatteredValue } from "./rewriting.ts";
import { planeSquareSums, planeSums, rowSums } from "./sums.ts";

/**
 * y = scale (x - mean) inv + bias, inv = 1 / sqrt(variance + epsilon): sums per plane and then over the images,
 * squares of what is left without the mean, and the inference form of the operator.
 *
 * @returns y, mean and variance, biased.
 */
export function normalizeBatch(rewriting: Rewriting, node: Node): readonly Value[] {
  const { math } = rewriting;
  const [x, scale, bias] = rewriting.inputsOf(node);
  if (!x || !scale || !bias) throw new RangeError(`lower: node "${node.name}" must have three inputs`);
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const share = 1 / (batch * elementCount(rest));
  const mean = rowSums(rewriting, planeSums(rewriting, x), share);
  const centred = math.sub(x, math.reshape(mean, [channels, ...rest.map(() => 1)]));
  const variance = rowSums(rewriting, planeSquareSums(rewriting, centred), share);
  rewriting.centred.set(node.name, { centred, variance });
  return [affine(rewriting, centred, scale, bias, variance, epsilonOf(node)), mean, variance];
}

/** max(y, 0) of a batch normalization in one pass: a depthwise convolution of one tap with its activation. */
export function normalizeAndRectify(rewriting: Rewriting, node: Node): Value | undefined {
  const { builder, math } = rewriting;
  const saved = rewriting.centred.get(node.name);
  const [, scale, bias] = rewriting.inputsOf(node);
  if (!saved || !scale || !bias || saved.centred.shape.length !== 4) return undefined;
  const channels = elementCount(scale.shape);
  const factor = math.reshape(scaleTimesInverse(rewriting, node, scale, saved.variance), [channels, 1, 1, 1]);
  return builder.op(
    "FusedConv",
    [saved.centred, factor, bias],
    { group: int(channels), activation: text("Relu") },
    { domain: "com.microsoft" },
  );
}

/** Gradients of a batch normalization by its inputs: dx as a value and a factor per channel, dscale and dbias. */
export function batchGradients(rewriting: Rewriting, node: Node, { ofOutputs, ofInputs }: Derivation): void {
  const [gradient = ""] = ofOutputs;
  const [byX = "", byScale = "", byBias = ""] = ofInputs;
  const [x] = node.inputs;
  const saved = rewriting.centred.get(node.name);
  const scale = rewriting.value(node.inputs[1] ?? "");
  if (!saved || x === undefined) return;
  const { centred, variance } = saved;
  const { math } = rewriting;
  const count = elementCount(centred.shape) / elementCount(scale.shape);
  const scattered = () => rewriting.scattered.get(gradient)?.();
  const dense = () => rewriting.value(gradient);
  const sums = once(() => gradientSums(rewriting, scattered() ?? dense(), centred));
  const dbias = once(() => rowSums(rewriting, sums().ofGradient));
  const dscale = once(() => {
    const products = rowSums(rewriting, sums().ofProducts);
    const ones = constantVector(rewriting, 1, products);
    return timesInverse(rewriting, products, ones, variance, epsilonOf(node));
  });
  rewriting.define(byBias, dbias);
  rewriting.define(byScale, dscale);
  // dx = scale inv (dy - (dbias + dscale inv (x - mean)) / n).
  const value = once(() => {
    const share = affine(
      rewriting,
      centred,
      math.mul(dscale(), -1 / count),
      math.mul(dbias(), -1 / count),
      variance,
      epsilonOf(node),
    );
    const pixels = scattered();
    return pixels ? scatterOnto(rewriting, share, pixels) : math.add(dense(), share);
  });
  const factor = once(() => scaleTimesInverse(rewriting, node, scale, variance));
  rewriting.scaled.set(byX, () => ({ value: value(), factor: factor() }));
  rewriting.define(byX, () => timesChannels(rewriting, value(), factor()));
}

/** Sums per plane of dy and of dy (x - mean), [B, C] each. */
function gradientSums(
  rewriting: Rewriting,
  gradient: Value | ScatteredValue,
  centred: Value,
): { readonly ofGradient: Value; readonly ofProducts: Value } {
  const { builder, math } = rewriting;
  if (!("pixels" in gradient)) {
    return {
      ofGradient: planeSums(rewriting, gradient),
      ofProducts: planeSums(rewriting, math.mul(gradient, centred)),
    };
  }
  const { pixels, values } = gradient;
  const [batch = 0, channels = 0, ...rest] = centred.shape;
  const planes = math.reshape(centred, [batch * channels, elementCount(rest)]);
  const seen = builder.op("GatherElements", [planes, pixels], { axis: int(1) });
  const perPlane = (value: Value) =>
    planeSums(rewriting, math.reshape(value, [batch, channels, value.shape[1] ?? 0]));
  return { ofGradient: perPlane(values), ofProducts: perPlane(math.mul(values, seen)) };
}

/** base plus values that are added to single pixels, of the shape of base, [B, C, H, W]. */
export function scatterOnto(
  { builder, math }: Rewriting,
  base: Value,
  { pixels, values }: ScatteredValue,
): Value {
  const [batch = 0, channels = 0, ...rest] = base.shape;
  const planes = math.reshape(base, [batch * channels, elementCount(rest)]);
  const scattered = builder.op("ScatterElements", [planes, pixels, values], {
    axis: int(1),
    reduction: text("add"),
  });
  return math.reshape(scattered, base.shape);
}

/** value times a factor per channel, [B, C, ...] and [C]. */
export function timesChannels({ math }: Rewriting, value: Value, factor: Value): Value {
  const [, channels = 0, ...rest] = value.shape;
  return math.mul(value, math.reshape(factor, [channels, ...rest.map(() => 1)]));
}

/** scale inv, [C]. */
function scaleTimesInverse(rewriting: Rewriting, node: Node, scale: Value, variance: Value): Value {
  const ones = constantVector(rewriting, 1, scale);
  return timesInverse(rewriting, ones, scale, variance, epsilonOf(node));
}

/** a b inv, [C]. */
function timesInverse(rewriting: Rewriting, a: Value, b: Value, variance: Value, epsilon: number): Value {
  const image = rewriting.math.reshape(a, [1, elementCount(a.shape), 1, 1]);
  const zeros = constantVector(rewriting, 0, a);
  return rewriting.math.reshape(affine(rewriting, image, b, zeros, variance, epsilon), a.shape);
}

/** factor inv x + offset per channel. */
function affine(
  rewriting: Rewriting,
  x: Value,
  factor: Value,
  offset: Value,
  variance: Value,
  epsilon: number,
): Value {
  const { builder, math } = rewriting;
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const image = x.shape.length === 4 ? x : math.reshape(x, [batch, channels, elementCount(rest), 1]);
  const zeros = constantVector(rewriting, 0, variance);
  const y = builder.op("BatchNormalization", [image, factor, offset, zeros, variance], {
    epsilon: float(epsilon),
  });
  return math.reshape(y, x.shape);
}

function constantVector({ builder }: Rewriting, entry: number, like: Value): Value {
  const length = elementCount(like.shape);
  return builder.constant(float32([length], new Float32Array(length).fill(entry)));
}

function epsilonOf({ attributes }: Node): number {
  return readFloat(attributes, "epsilon", 1e-5);
}
