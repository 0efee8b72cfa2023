import { defineRule, type Rule } from "../define-rule.ts";

/** y = max(x, 0): dx = dy where y > 0, else 0. */
export const relu: Rule = defineRule({
  op: "Relu",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.where(math.positive(output), gradient, 0)],
});
