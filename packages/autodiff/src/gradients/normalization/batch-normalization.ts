import { readFloat, readInt } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/**
 * y = scale z + bias per channel, z = (x - mean) inv, inv = 1 / sqrt(variance + epsilon).
 *
 * dbias = S(dy), dscale = S(dy z), S the sum over images and pixels. With given statistics dx = scale inv dy; with those
 * of the batch, of n = B H W elements a channel, dx = scale inv (dy - (dbias + z dscale) / n).
 */
export const batchNormalization: Rule = defineRule({
  op: "BatchNormalization",
  weights: { 1: "scale", 2: "bias" },
  gradient({ gradient, input, name, attributes, builder, math }) {
    const x = input(0);
    const ofBatch = readInt(attributes, "training_mode", 0) === 1;
    const others = [...x.shape.keys()].filter((axis) => axis !== 1);
    const perChannel = (value: Value) =>
      math.reshape(
        value,
        x.shape.map((size, axis) => (axis === 1 ? size : 1)),
      );
    const mean = ofBatch ? builder.optionalOutput(name, 1) : input(3);
    const variance = ofBatch ? builder.optionalOutput(name, 2) : input(4);
    const deviation = math.unary("Sqrt", math.add(variance, readFloat(attributes, "epsilon", 1e-5)));
    const inverse = math.unary("Reciprocal", deviation);
    const z = math.mul(math.sub(x, perChannel(mean)), perChannel(inverse));
    const byBias = math.sum(gradient, others);
    const byScale = math.sum(math.mul(gradient, z), others);
    const factor = perChannel(math.mul(input(1), inverse));
    if (!ofBatch) return [math.mul(gradient, factor), byScale, byBias];
    const count = elementCount(x.shape) / elementCount(mean.shape);
    const along = math.div(math.add(math.mul(z, perChannel(byScale)), perChannel(byBias)), count);
    return [math.mul(math.sub(gradient, along), factor), byScale, byBias];
  },
});
