import { float } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = x h(x), h(x) = clip(x / 6 + 1/2, 0, 1): dx = dy (h(x) + x h'(x)), h'(x) = 1/6 inside of (-3, 3), else 0. */
export const hardSwish: Rule = defineRule({
  op: "HardSwish",
  elementwise: true,
  gradient({ gradient, input, builder, math }) {
    const x = input(0);
    const gate = builder.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
    const inside = math.unary("Sign", math.mul(gate, math.sub(1, gate)));
    const slope = math.add(gate, math.mul(math.mul(x, 1 / 6), inside));
    return [math.mul(gradient, slope)];
  },
});
