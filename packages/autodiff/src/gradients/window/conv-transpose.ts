import { int, ints, readInt } from "../../graph/attributes.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { filterGradient } from "./conv-filters.ts";

/** y = the adjoint of a convolution applied to x, plus b: dx is that convolution of dy, dw that of x and dy swapped. */
export const convTranspose: Rule = defineRule({
  op: "ConvTranspose",
  weights: { 1: "weight", 2: "bias" },
  gradient({ gradient, inputs, input, attributes, builder, math }) {
    const x = input(0);
    const w = input(1);
    const window = window2d(attributes, w.shape.slice(2));
    const groups = readInt(attributes, "group", 1);
    const byInput = builder.op("Conv", [gradient, w], {
      kernel_shape: ints(...window.kernel),
      strides: ints(...window.strides),
      dilations: ints(...window.dilations),
      pads: ints(...window.pads),
      group: int(groups),
    });
    const swapped = { x: gradient, gradient: x, weightShape: w.shape, window, groups };
    const byWeight = filterGradient(builder, swapped);
    return inputs[2] ? [byInput, byWeight, math.sum(gradient, [0, 2, 3])] : [byInput, byWeight];
  },
});
