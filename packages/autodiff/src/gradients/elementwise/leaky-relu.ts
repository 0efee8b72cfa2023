import { readFloat } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = x where x > 0, else alpha x: dx = dy or alpha dy. */
export const leakyRelu: Rule = defineRule({
  op: "LeakyRelu",
  elementwise: true,
  gradient: ({ gradient, input, attributes, math }) => [
    math.where(math.positive(input(0)), gradient, math.mul(gradient, readFloat(attributes, "alpha", 0.01))),
  ],
});
