import { defineRule, type Rule } from "../define-rule.ts";

/** y = ln(x): dx = dy / x. */
export const log: Rule = defineRule({
  op: "Log",
  elementwise: true,
  gradient: ({ gradient, input, math }) => [math.div(gradient, input(0))],
});
