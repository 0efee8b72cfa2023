import { readInt } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { elementCount } from "../../graph/tensor.ts";
import { limitConstant } from "../constant-size.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";
import { convInputGradient } from "./conv-input.ts";
import { convWeightGradient } from "./conv-weight.ts";

/** y = w * x + b, a two-dimensional cross-correlation in groups. */
export const conv: Rule = defineRule({
  op: "Conv",
  weights: { 1: "weight", 2: "bias" },
  gradient(context) {
    const { gradient, inputs, input, attributes, builder, math } = context;
    const x = input(0);
    const w = input(1);
    const window = window2d(attributes, w.shape.slice(2));
    const groups = readInt(attributes, "group", 1);
    limitConstant(context, (x.shape[1] ?? 0) * elementCount(window.kernel) ** 2);
    const byInput = convInputGradient(builder, gradient, w, window, x.shape, groups);
    const of = { gradient, x, window, weightShape: w.shape, groups };
    const { byWeight, joinedColumns } = convWeightGradient(builder, of);
    if (joinedColumns && context.wants(1)) multiplyColumns(context, joinedColumns);
    return inputs[2] ? [byInput, byWeight, math.sum(gradient, [0, 2, 3])] : [byInput, byWeight];
  },
});

/** Where the gradient by the filters needs the columns, the convolution is their product with the filters. */
function multiplyColumns({ name, inputs, input, output, builder, math }: GradientContext, seen: Value): void {
  const [groups, taps = 0, positions = 0] = seen.shape;
  const w = input(1);
  const [filters = 0, , height = 0, width = 0] = w.shape;
  // Without taps around it, a pixel is no more than the convolution reads.
  if (groups !== 1 || height * width === 1 || inputs[2]) return;
  const [batch = 0, , rows = 0, columns = 0] = output.shape;
  const product = math.matMul(math.reshape(w, [filters, taps]), math.reshape(seen, [taps, positions]));
  const perFilter = math.reshape(product, [filters, batch, rows * columns]);
  builder.redefine(name, math.reshape(math.transpose(perFilter, [1, 0, 2]), output.shape));
}
