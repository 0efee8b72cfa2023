import { elementCount, int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = mean over H and W: every pixel receives dy / (H W). */
export const globalAveragePool: Rule = defineRule({
  op: "GlobalAveragePool",
  gradient({ gradient, input, builder, math }) {
    const { shape } = input(0);
    const share = math.div(gradient, elementCount(shape.slice(2)));
    return [builder.op("Expand", [share, builder.constant(int64([shape.length], shape))])];
  },
});
