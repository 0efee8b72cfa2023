import { defineRule, type Rule } from "../define-rule.ts";

/** y = -x: dx = -dy. */
export const neg: Rule = defineRule({
  op: "Neg",
  elementwise: true,
  gradient: ({ gradient, math }) => [math.unary("Neg", gradient)],
});
