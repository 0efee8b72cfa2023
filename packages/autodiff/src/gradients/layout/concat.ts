import { readInt } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** Concat: each input receives its slice. */
export const concat: Rule = defineRule({
  op: "Concat",
  weights: "operands",
  gradient({ gradient, inputs, input, attributes, builder }) {
    const axis = readInt(attributes, "axis", 0);
    const bound = (position: number) => builder.constant(int64([1], [position]));
    let start = 0;
    return inputs.map((_, index) => {
      const end = start + (input(index).shape.at(axis) ?? 0);
      const slice = builder.op("Slice", [gradient, bound(start), bound(end), bound(axis)]);
      start = end;
      return slice;
    });
  },
});
