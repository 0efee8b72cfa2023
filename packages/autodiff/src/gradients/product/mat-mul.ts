import type { Value } from "../../graph/graph.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { sumTo } from "../sum-to.ts";

/** y = a b over the last two axes: da = dy bT, db = aT dy, summed over broadcast batch axes. */
export const matMul: Rule = defineRule({
  op: "MatMul",
  weights: { 0: "weight", 1: "weight" },
  gradient({ gradient, input, math }) {
    const [a, b] = [input(0), input(1)];
    // A list is a row before and a column behind.
    const row = a.shape.length === 1;
    const column = b.shape.length === 1;
    const left = row ? math.reshape(a, [1, ...a.shape]) : a;
    const right = column ? math.reshape(b, [...b.shape, 1]) : b;
    const batch = gradient.shape.slice(0, gradient.shape.length - (row ? 0 : 1) - (column ? 0 : 1));
    const ends = [left.shape.at(-2) ?? 1, right.shape.at(-1) ?? 1];
    const dy = row || column ? math.reshape(gradient, [...batch, ...ends]) : gradient;
    const byInput = (product: Value, as: Value, given: Value) =>
      math.reshape(sumTo(math, product, as.shape), given.shape);
    return [
      byInput(math.matMul(dy, right, { b: true }), left, a),
      byInput(math.matMul(left, dy, { a: true }), right, b),
    ];
  },
});
