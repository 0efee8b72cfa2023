import { defineRule, type Rule } from "../define-rule.ts";

/** y = sqrt(x): dx = dy / 2y. */
export const sqrt: Rule = defineRule({
  op: "Sqrt",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.div(math.mul(gradient, 0.5), output)],
});
