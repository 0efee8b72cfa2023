import { readFloat, readInt } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { adjointAlong } from "../layout/along-axis.ts";

/**
 * y = x s^-beta, s = bias + alpha / n times the sum of x^2 over the n channels around:
 * dx = dy s^-beta - 2 alpha beta / n x W(dy y / s), W the sum over the channels whose windows see x.
 */
export const lrn: Rule = defineRule({
  op: "LRN",
  gradient(context) {
    const { gradient, input, output, attributes, builder, math } = context;
    const x = input(0);
    const channels = x.shape[1] ?? 0;
    const size = readInt(attributes, "size", 1);
    const alpha = readFloat(attributes, "alpha", 1e-4) / size;
    const beta = readFloat(attributes, "beta", 0.75);
    /** The channels from `channel - before` to `channel + after`. */
    const around = (channel: number, before: number, after: number) => {
      const first = Math.max(channel - before, 0);
      const count = Math.min(channel + after, channels - 1) - first + 1;
      return Array.from({ length: count }, (_, index) => [first + index, 1] as const);
    };
    const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
    const along = (value: Value, left: number, right: number) =>
      adjointAlong(context, value, 1, channels, (channel) => around(channel, left, right));
    // The transposed map sees as many channels on the other side.
    const sums = along(math.mul(x, x), after, before);
    const s = math.add(math.mul(sums, alpha), readFloat(attributes, "bias", 1));
    const power = builder.op("Pow", [s, math.constant(-beta)]);
    const shared = math.div(math.mul(gradient, output), s);
    const shares = along(shared, before, after);
    return [math.sub(math.mul(gradient, power), math.mul(math.mul(x, shares), 2 * alpha * beta))];
  },
});
