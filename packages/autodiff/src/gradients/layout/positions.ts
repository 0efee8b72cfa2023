import { defineRule, type Rule } from "../define-rule.ts";

/** Indices, shapes and sizes: nothing flows back. */
export const positions: Rule = defineRule({
  op: ["ArgMax", "ArgMin", "NonZero", "Shape", "Size"],
  gradient: "none",
});
