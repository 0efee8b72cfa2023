import { defineRule, type Rule } from "../define-rule.ts";

/** y = exp(x): dx = dy y. */
export const exp: Rule = defineRule({
  op: "Exp",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.mul(gradient, output)],
});
