import { defineRule, type Rule } from "../define-rule.ts";
import { overInput } from "./reduced.ts";

/** y = ln(sum of x): dx = dy / exp(y). */
export const reduceLogSum: Rule = defineRule({
  op: "ReduceLogSum",
  gradient(context) {
    const { gradient, input, output, math } = context;
    return [math.expand(overInput(context, math.div(gradient, math.unary("Exp", output))), input(0).shape)];
  },
});

/** y = ln(sum of exp(x)): dx = dy exp(x - y). */
export const reduceLogSumExp: Rule = defineRule({
  op: "ReduceLogSumExp",
  gradient(context) {
    const { gradient, input, output, math } = context;
    const share = math.unary("Exp", math.sub(input(0), overInput(context, output)));
    return [math.mul(share, overInput(context, gradient))];
  },
});
