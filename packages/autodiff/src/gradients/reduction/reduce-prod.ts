import { int } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { overInput, reducedAxes } from "./reduced.ts";

/** y = product of x over the axes: dx = dy times the product of the others, which is 0 where another is 0. */
export const reduceProd: Rule = defineRule({
  op: "ReduceProd",
  gradient(context) {
    const { gradient, input, builder, math } = context;
    const axes = reducedAxes(context);
    if (axes.length === 0) return [gradient];
    const isZero = builder.op("Equal", [input(0), math.constant(0)]);
    const zero = math.where(isZero, 1, 0);
    const x = math.where(isZero, 1, input(0));
    const list = builder.constant(int64([axes.length], axes));
    const product = builder.op("ReduceProd", [x, list], { keepdims: int(1) });
    const otherZeros = math.sub(math.sum(zero, axes, true), zero);
    const others = math.where(math.positive(otherZeros), 0, math.div(product, x));
    return [math.mul(others, overInput(context, gradient))];
  },
});
