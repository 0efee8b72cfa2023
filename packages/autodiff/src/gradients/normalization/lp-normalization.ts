import { int, readInt } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = x / n, n the sum of |x| (p = 1) or the root of the sum of x^2 along an axis: dx = (dy - s sum of dy y) / n, s = sign(x) or y. */
export const lpNormalization: Rule = defineRule({
  op: "LpNormalization",
  gradient({ gradient, input, output, attributes, builder, math }) {
    const axis = readInt(attributes, "axis", -1);
    const absolute = readInt(attributes, "p", 2) === 1;
    const axes = builder.constant(int64([1], [axis]));
    const norm = builder.op(absolute ? "ReduceL1" : "ReduceL2", [input(0), axes], { keepdims: int(1) });
    const along = math.sum(math.mul(gradient, output), [axis], true);
    const slope = absolute ? math.unary("Sign", input(0)) : output;
    return [math.div(math.sub(gradient, math.mul(slope, along)), norm)];
  },
});
