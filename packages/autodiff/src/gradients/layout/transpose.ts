import { readInts } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** Transpose: the inverse permutation. */
export const transpose: Rule = defineRule({
  op: "Transpose",
  gradient({ gradient, input, attributes, math }) {
    const axes = [...input(0).shape.keys()];
    const perm = readInts(attributes, "perm", axes.toReversed());
    return [
      math.transpose(
        gradient,
        axes.map((axis) => perm.indexOf(axis)),
      ),
    ];
  },
});
