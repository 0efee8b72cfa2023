import { int, readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = running sum of x along an axis: dx = running sum of dy from the other end. */
export const cumSum: Rule = defineRule({
  op: "CumSum",
  gradient: ({ gradient, input, attributes, builder }) => [
    builder.op("CumSum", [gradient, input(1)], {
      exclusive: int(readInt(attributes, "exclusive", 0)),
      reverse: int(1 - readInt(attributes, "reverse", 0)),
    }),
  ],
});
