import { defineRule, type Rule } from "../define-rule.ts";

/** y = x. */
export const identity: Rule = defineRule({
  op: "Identity",
  elementwise: true,
  gradient: ({ gradient }) => [gradient],
});
