import { defineRule, type Rule } from "../define-rule.ts";

/** y = tanh(x): dx = dy (1 - y^2). */
export const tanh: Rule = defineRule({
  op: "Tanh",
  elementwise: true,
  gradient: ({ gradient, output, math }) => [math.mul(gradient, math.sub(1, math.mul(output, output)))],
});
