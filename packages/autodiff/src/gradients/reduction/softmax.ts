import { readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = exp(x) / sum of exp(x) along an axis: dx = y (dy - sum of dy y). */
export const softmax: Rule = defineRule({
  op: "Softmax",
  gradient({ gradient, output, attributes, math }) {
    const axis = readInt(attributes, "axis", -1);
    const along = math.sum(math.mul(gradient, output), [axis], true);
    return [math.mul(output, math.sub(gradient, along))];
  },
});

/** y = x - ln(sum of exp(x)) along an axis: dx = dy - exp(y) sum of dy. */
export const logSoftmax: Rule = defineRule({
  op: "LogSoftmax",
  gradient({ gradient, output, attributes, math }) {
    const axis = readInt(attributes, "axis", -1);
    const along = math.sum(gradient, [axis], true);
    return [math.sub(gradient, math.mul(math.unary("Exp", output), along))];
  },
});
