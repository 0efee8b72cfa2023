import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = x, broadcast: dx = sum of dy over the axes that were broadcast. */
export const expand: Rule = defineRule({
  op: "Expand",
  gradient: ({ gradient, input, math }) => [sumTo(math, gradient, input(0).shape)],
});
