import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = min(max(x, low), high): dx = dy where y = x, else 0; a bound receives dy where it was taken. */
export const clip: Rule = defineRule({
  op: "Clip",
  elementwise: true,
  gradient({ gradient, inputs, input, output, builder, math }) {
    const x = input(0);
    const kept = builder.op("Equal", [x, output]);
    const [, low, high] = inputs;
    const beyond = (op: "Greater" | "Less", bound: typeof low) =>
      bound ? sumTo(math, math.where(builder.op(op, [x, bound]), gradient, 0), bound.shape) : null;
    return [math.where(kept, gradient, 0), beyond("Less", low), beyond("Greater", high)];
  },
});
