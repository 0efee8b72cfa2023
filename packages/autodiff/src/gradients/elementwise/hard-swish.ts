import { float } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { whereInside } from "./hard-sigmoid.ts";

/** y = x h(x), h(x) = clip(x / 6 + 1/2, 0, 1): dx = dy (h(x) + x h'(x)), h'(x) = 1/6 inside of (-3, 3), else 0. */
export const hardSwish: Rule = defineRule({
  op: "HardSwish",
  elementwise: true,
  gradient(context) {
    const { gradient, input, builder, math } = context;
    const x = input(0);
    const gate = builder.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) });
    const slope = math.add(gate, whereInside(context, gate, math.mul(x, 1 / 6)));
    return [math.mul(gradient, slope)];
  },
});
