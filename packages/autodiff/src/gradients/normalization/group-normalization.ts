import { readFloat, readInt } from "../../graph/attributes.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { GradientContext, GradientRule } from "../gradient-rule.ts";
import { standardizationGradient, standardized } from "./standardize.ts";

/**
 * y = scale z + bias per channel, z standardized over the channels and pixels of a group.
 *
 * @throws RangeError for one scale per group, as before opset 21.
 */
export const groupNormalization: GradientRule = (context) => {
  const { name, input, attributes } = context;
  const channels = input(0).shape[1];
  if (input(1).shape[0] !== channels) {
    throw new RangeError(
      `GroupNormalization "${name}": scale must have an entry for each of ${channels} channels, got [${input(1).shape}]; convert the model to opset 21`,
    );
  }
  return inGroups(context, readInt(attributes, "num_groups", 1));
};

/** y = scale z + bias per channel, z standardized over the pixels of a channel. */
export const instanceNormalization: GradientRule = (context) =>
  inGroups(context, context.input(0).shape[1] ?? 1);

/** dscale = S(dy z), dbias = S(dy), S the sum over images and pixels; dx through the standardization of dy scale. */
function inGroups({ gradient, input, attributes, math }: GradientContext, groups: number) {
  const x = input(0);
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const pixels = elementCount(rest);
  const grouped = [batch, groups, (channels / groups) * pixels];
  const perChannel = [batch, channels, pixels];
  const standard = standardized(math, math.reshape(x, grouped), readFloat(attributes, "epsilon", 1e-5));
  const dy = math.reshape(gradient, perChannel);
  const g = math.mul(dy, math.reshape(input(1), [channels, 1]));
  const dx = standardizationGradient(math, math.reshape(g, grouped), standard, [2]);
  const z = math.reshape(standard.z, perChannel);
  return [math.reshape(dx, x.shape), math.sum(math.mul(dy, z), [0, 2]), math.sum(dy, [0, 2])];
}
