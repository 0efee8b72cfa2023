import { defineRule, type Rule } from "../define-rule.ts";

/** Reshape and Flatten: the gradient takes the shape of the input back. */
export const reshape: Rule = defineRule({
  op: ["Flatten", "Reshape", "Squeeze", "Unsqueeze"],
  gradient: ({ gradient, input, math }) => [math.reshape(gradient, input(0).shape)],
});
