import { defineRule, type Rule } from "../define-rule.ts";
import { overInput, reducedAxes } from "./reduced.ts";

/** y = maximum or minimum of x over the axes: dy goes to the element that won, in equal shares where several did. */
export const reduceExtremum: Rule = defineRule({
  op: ["ReduceMax", "ReduceMin"],
  gradient(context) {
    const { gradient, input, output, builder, math } = context;
    const axes = reducedAxes(context);
    if (axes.length === 0) return [gradient];
    const won = math.where(builder.op("Equal", [input(0), overInput(context, output)]), 1, 0);
    const winners = math.sum(won, axes, true);
    return [math.mul(won, math.div(overInput(context, gradient), winners))];
  },
});
