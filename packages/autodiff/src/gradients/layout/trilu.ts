import { defineRule, type Rule } from "../define-rule.ts";

/** y = the part of matrices above or below a diagonal, 0 elsewhere: dx is that part of dy. */
export const trilu: Rule = defineRule({
  op: "Trilu",
  gradient: ({ gradient, inputs, attributes, builder }) => [
    builder.op("Trilu", [gradient, inputs[1] ?? null], attributes),
  ],
});
