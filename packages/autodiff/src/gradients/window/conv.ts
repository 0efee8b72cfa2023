import { readInt } from "../../graph/attributes.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { filterGradient } from "./conv-filters.ts";
import { spreadWindows } from "./spread-windows.ts";

/**
 * y = w * x + b, a two-dimensional cross-correlation in groups: dx is the transposed convolution of dy by w, dw the
 * convolution of x by dy, db = S(dy), S the sum over images and positions.
 */
export const conv: Rule = defineRule({
  op: "Conv",
  weights: { 1: "weight", 2: "bias" },
  gradient({ gradient, inputs, input, attributes, builder, math }) {
    const x = input(0);
    const w = input(1);
    const [, , height = 0, width = 0] = x.shape;
    const window = window2d(attributes, w.shape.slice(2));
    const groups = readInt(attributes, "group", 1);
    const byInput = spreadWindows(builder, gradient, w, window, [height, width], groups);
    const byWeight = filterGradient(builder, { x, gradient, weightShape: w.shape, window, groups });
    return inputs[2] ? [byInput, byWeight, math.sum(gradient, [0, 2, 3])] : [byInput, byWeight];
  },
});
