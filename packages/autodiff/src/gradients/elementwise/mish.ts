import { defineRule, type Rule } from "../define-rule.ts";

/** y = x t, t = tanh(ln(1 + exp(x))): dx = dy (t + x (1 - t^2) sigmoid(x)). */
export const mish: Rule = defineRule({
  op: "Mish",
  elementwise: true,
  gradient({ gradient, input, math }) {
    const x = input(0);
    const t = math.unary("Tanh", math.unary("Softplus", x));
    const slope = math.mul(math.sub(1, math.mul(t, t)), math.unary("Sigmoid", x));
    return [math.mul(gradient, math.add(t, math.mul(x, slope)))];
  },
});
