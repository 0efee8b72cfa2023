import { readFloat, readInt } from "../../graph/attributes.ts";
import { elementCount } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";
import { standardizationGradient, standardized } from "./standardize.ts";

/**
 * y = scale z + bias, z standardized over the channels and pixels of a group; scale and bias have an entry per channel,
 * before opset 21 one per group.
 */
export const groupNormalization: Rule = defineRule({
  op: "GroupNormalization",
  weights: { 1: "scale", 2: "bias" },
  gradient: (context) => inGroups(context, readInt(context.attributes, "num_groups", 1)),
});

/** y = scale z + bias per channel, z standardized over the pixels of a channel. */
export const instanceNormalization: Rule = defineRule({
  op: "InstanceNormalization",
  weights: { 1: "scale", 2: "bias" },
  gradient: (context) => inGroups(context, context.input(0).shape[1] ?? 1),
});

/** dscale = S(dy z), dbias = S(dy), S the sum over images and what shares a scale; dx through the standardization of dy scale. */
function inGroups({ gradient, input, attributes, math }: GradientContext, groups: number) {
  const x = input(0);
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const pixels = elementCount(rest);
  const grouped = [batch, groups, (channels / groups) * pixels];
  const units = input(1).shape[0] ?? 1;
  const perUnit = [batch, units, (channels / units) * pixels];
  const standard = standardized(math, math.reshape(x, grouped), readFloat(attributes, "epsilon", 1e-5));
  const dy = math.reshape(gradient, perUnit);
  const g = math.mul(dy, math.reshape(input(1), [units, 1]));
  const dx = standardizationGradient(math, math.reshape(g, grouped), standard, [2]);
  const z = math.reshape(standard.z, perUnit);
  return [math.reshape(dx, x.shape), math.sum(math.mul(dy, z), [0, 2]), math.sum(dy, [0, 2])];
}
