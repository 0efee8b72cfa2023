import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a^b: da = dy b a^(b - 1); db = dy y ln(a) where a > 0, else 0. */
export const pow: Rule = defineRule({
  op: "Pow",
  weights: "operands",
  elementwise: true,
  gradient({ gradient, input, output, builder, math }) {
    const a = input(0);
    const b = math.cast(input(1), "float32");
    const byBase = math.mul(b, builder.op("Pow", [a, math.sub(b, 1)]));
    const positive = builder.op("Greater", [a, math.constant(0)]);
    const logarithm = math.unary("Log", math.where(positive, a, 1));
    return [
      sumTo(math, math.mul(gradient, byBase), a.shape),
      sumTo(math, math.mul(gradient, math.mul(output, logarithm)), b.shape),
    ];
  },
});
