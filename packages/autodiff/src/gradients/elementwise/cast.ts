import { defineRule, type Rule } from "../define-rule.ts";

/** Cast between floating-point types: dy takes the type of x; integers and booleans have no gradient. */
export const cast: Rule = defineRule({
  op: "Cast",
  elementwise: true,
  gradient({ gradient, input, output, math }) {
    const floating = [input(0), output].every(({ dtype }) => dtype === "float32" || dtype === "float64");
    return [floating ? math.cast(gradient, input(0).dtype) : null];
  },
});
