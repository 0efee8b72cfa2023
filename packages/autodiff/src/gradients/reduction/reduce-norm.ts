import { defineRule, type Rule } from "../define-rule.ts";
import { overInput } from "./reduced.ts";

/** y = sum of |x|: dx = dy sign(x). */
export const reduceL1: Rule = defineRule({
  op: "ReduceL1",
  gradient(context) {
    const { gradient, input, math } = context;
    return [math.mul(math.unary("Sign", input(0)), overInput(context, gradient))];
  },
});

/** y = sqrt(sum of x^2): dx = dy x / y, 0 where y is 0. */
export const reduceL2: Rule = defineRule({
  op: "ReduceL2",
  gradient(context) {
    const { gradient, input, output, math } = context;
    const share = math.where(math.positive(output), math.div(gradient, output), 0);
    return [math.mul(input(0), overInput(context, share))];
  },
});

/** y = sum of x^2: dx = 2 dy x. */
export const reduceSumSquare: Rule = defineRule({
  op: "ReduceSumSquare",
  gradient(context) {
    const { gradient, input, math } = context;
    return [math.mul(input(0), overInput(context, math.mul(gradient, 2)))];
  },
});
