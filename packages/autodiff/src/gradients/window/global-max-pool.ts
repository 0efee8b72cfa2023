import { defineRule, type Rule } from "../define-rule.ts";

/** y = maximum over H and W: dy goes to the pixel that won, in equal shares where several did. */
export const globalMaxPool: Rule = defineRule({
  op: "GlobalMaxPool",
  gradient({ gradient, input, output, builder, math }) {
    const x = input(0);
    const won = math.where(builder.op("Equal", [x, output]), 1, 0);
    const winners = math.sum(won, [...x.shape.keys()].slice(2), true);
    return [math.mul(won, math.div(gradient, winners))];
  },
});
