import { defineRule, type Rule } from "../define-rule.ts";

/** Comparisons, rounding, shapes, indices: piecewise constant, so that nothing flows back. */
export const withoutGradient: Rule = defineRule({
  op: [
    "And",
    "ArgMax",
    "ArgMin",
    "Ceil",
    "Equal",
    "Floor",
    "Greater",
    "GreaterOrEqual",
    "IsInf",
    "IsNaN",
    "Less",
    "LessOrEqual",
    "NonZero",
    "Not",
    "Or",
    "Round",
    "Shape",
    "Sign",
    "Size",
    "Xor",
  ],
  gradient: "none",
});
