import { defineRule, type Rule } from "../define-rule.ts";

/** Comparisons, conditions, rounding: piecewise constant, so that nothing flows back. */
export const withoutGradient: Rule = defineRule({
  op: [
    ...[
      "And",
      "Ceil",
      "Equal",
      "Floor",
      "Greater",
      "GreaterOrEqual",
      "IsInf",
      "IsNaN",
      "Less",
      "LessOrEqual",
    ],
    ...["Not", "Or", "Round", "Sign", "Xor"],
  ],
  elementwise: true,
  gradient: "none",
});
