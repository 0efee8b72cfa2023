import { defineRule, type Rule } from "../define-rule.ts";

/** y = exp(x): dx = dy y. */
export const exp: Rule = defineRule({
  op: "Exp",
  gradient: ({ gradient, output, math }) => [math.mul(gradient, output)],
});
