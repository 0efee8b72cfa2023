import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** Min and Max of several inputs: dy goes to the input that won, in equal shares where several did. */
export const extremum: Rule = defineRule({
  op: ["Max", "Min"],
  elementwise: true,
  gradient({ gradient, inputs, input, output, builder, math }) {
    const won = inputs.map((_, index) => math.where(builder.op("Equal", [input(index), output]), 1, 0));
    const share = math.div(gradient, won.reduce(math.add));
    return won.map((value, index) => sumTo(math, math.mul(share, value), input(index).shape));
  },
});
