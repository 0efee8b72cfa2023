import { readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";
import { standardizationGradient } from "./standardize.ts";

/**
 * y = scale z + bias, z = (x - mean) inv over the axes from `axis` on, inv the inverse deviation.
 *
 * With g = dy scale and m(.) the mean over these axes: dx = inv (g - m(g) - z m(g z)), dscale = S(dy z),
 * dbias = S(dy), S the sum over the other axes.
 */
export const layerNormalization: Rule = defineRule({
  op: "LayerNormalization",
  weights: { 1: "scale", 2: "bias" },
  gradient({ name, gradient, inputs, input, attributes, builder, math }) {
    const x = input(0);
    const scale = input(1);
    const rank = x.shape.length;
    const axis = readInt(attributes, "axis", -1);
    const axes = [...x.shape.keys()].slice(axis < 0 ? axis + rank : axis);
    const mean = builder.optionalOutput(name, 1);
    const inverse = builder.optionalOutput(name, 2);
    const standard = { z: math.mul(math.sub(x, mean), inverse), inverse };
    const dx = standardizationGradient(math, math.mul(gradient, scale), standard, axes);
    const byScale = sumTo(math, math.mul(gradient, standard.z), scale.shape);
    const bias = inputs[2];
    return [dx, byScale, bias ? sumTo(math, gradient, bias.shape) : null];
  },
});
