import { readInt } from "../../graph/attributes.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { elementCount } from "../../graph/tensor.ts";
import { limitConstant } from "../constant-size.ts";
import type { GradientRule } from "../gradient-rule.ts";
import { convInputGradient } from "./conv-input.ts";
import { convWeightGradient } from "./conv-weight.ts";

/** y = w * x + b, a two-dimensional cross-correlation in groups. */
export const conv: GradientRule = (context) => {
  const { gradient, inputs, input, attributes, builder, math } = context;
  const x = input(0);
  const w = input(1);
  const window = window2d(attributes, w.shape.slice(2));
  const groups = readInt(attributes, "group", 1);
  limitConstant(context, (x.shape[1] ?? 0) * elementCount(window.kernel) ** 2);
  const byInput = convInputGradient(builder, gradient, w, window, x.shape, groups);
  const byWeight = convWeightGradient(builder, gradient, x, window, w.shape, groups);
  return inputs[2] ? [byInput, byWeight, math.sum(gradient, [0, 2, 3])] : [byInput, byWeight];
};
