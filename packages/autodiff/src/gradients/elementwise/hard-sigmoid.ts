import { readFloat } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = clip(alpha x + beta, 0, 1): dx = alpha dy where 0 < y < 1, else 0. */
export const hardSigmoid: Rule = defineRule({
  op: "HardSigmoid",
  elementwise: true,
  gradient({ gradient, output, attributes, math }) {
    // sign(y (1 - y)) is 1 inside of (0, 1) and 0 at both ends.
    const inside = math.unary("Sign", math.mul(output, math.sub(1, output)));
    return [math.mul(gradient, math.mul(inside, readFloat(attributes, "alpha", 0.2)))];
  },
});
