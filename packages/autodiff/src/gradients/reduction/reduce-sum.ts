import { elementCount } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";
import { overInput } from "./reduced.ts";

/** y = sum of x over the axes: every element receives dy. */
export const reduceSum: Rule = defineRule({ op: "ReduceSum", gradient: (context) => [spread(context, 1)] });

/** y = mean of x over n elements: every element receives dy / n. */
export const reduceMean: Rule = defineRule({
  op: "ReduceMean",
  gradient(context) {
    const count = elementCount(context.input(0).shape) / elementCount(context.output.shape);
    return [spread(context, 1 / count)];
  },
});

function spread(context: GradientContext, factor: number) {
  const { gradient, input, math } = context;
  return math.expand(
    overInput(context, factor === 1 ? gradient : math.mul(gradient, factor)),
    input(0).shape,
  );
}
