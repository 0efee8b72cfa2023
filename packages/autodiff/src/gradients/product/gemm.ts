import { float, int, readFloat, readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = alpha A B + beta c, A = a or aT, B = b or bT: dA = alpha dy BT, dB = alpha AT dy, dc = beta sum(dy). */
export const gemm: Rule = defineRule({
  op: "Gemm",
  weights: { 0: "weight", 1: "weight", 2: "bias" },
  gradient({ gradient, inputs, input, attributes, builder, math }) {
    const transA = readInt(attributes, "transA", 0);
    const transB = readInt(attributes, "transB", 0);
    const alpha = float(readFloat(attributes, "alpha", 1));
    const product = (left: typeof gradient, right: typeof gradient, transLeft: number, transRight: number) =>
      builder.op("Gemm", [left, right], { alpha, transA: int(transLeft), transB: int(transRight) });
    const byA = transA ? product(input(1), gradient, transB, 1) : product(gradient, input(1), 0, 1 - transB);
    const byB = transB ? product(gradient, input(0), 1, transA) : product(input(0), gradient, 1 - transA, 0);
    const c = inputs[2];
    if (!c) return [byA, byB];
    const beta = readFloat(attributes, "beta", 1);
    const scaled = beta === 1 ? gradient : math.mul(gradient, beta);
    return [byA, byB, sumTo(math, scaled, c.shape)];
  },
});
