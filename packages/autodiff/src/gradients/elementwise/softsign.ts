import { defineRule, type Rule } from "../define-rule.ts";

/** y = x / (1 + |x|): dx = dy / (1 + |x|)^2. */
export const softsign: Rule = defineRule({
  op: "Softsign",
  elementwise: true,
  gradient({ gradient, input, math }) {
    const size = math.add(1, math.unary("Abs", input(0)));
    return [math.div(gradient, math.mul(size, size))];
  },
});
