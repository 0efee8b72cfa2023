import { int, readInt, text } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = the k largest or smallest elements of x along an axis: dy is added where they stood. */
export const topK: Rule = defineRule({
  op: "TopK",
  gradient({ name, gradient, input, attributes, builder, math }) {
    const zeros = math.expand(math.constant(0), input(0).shape);
    const axis = int(readInt(attributes, "axis", -1));
    const indices = builder.optionalOutput(name, 1);
    return [builder.op("ScatterElements", [zeros, indices, gradient], { axis, reduction: text("add") })];
  },
});
