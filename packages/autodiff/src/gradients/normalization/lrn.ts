import { readFloat, readInt } from "../../graph/attributes.ts";
import type { GradientRule } from "../gradient-rule.ts";
import { adjointAlong } from "../layout/along-axis.ts";

/**
 * y = x s^-beta, s = bias + alpha / n times the sum of x^2 over the n channels around:
 * dx = dy s^-beta - 2 alpha beta / n x W(dy y / s), W the sum over the channels whose windows see x.
 */
export const lrn: GradientRule = ({ gradient, input, output, attributes, builder, math }) => {
  const x = input(0);
  const channels = x.shape[1] ?? 0;
  const size = readInt(attributes, "size", 1);
  const alpha = readFloat(attributes, "alpha", 1e-4) / size;
  const beta = readFloat(attributes, "beta", 0.75);
  const seen = (channel: number, other: number) =>
    other >= channel - Math.floor((size - 1) / 2) && other <= channel + Math.ceil((size - 1) / 2) ? 1 : 0;
  const square = (of: (channel: number, other: number) => number) =>
    Array.from({ length: channels }, (_, row) =>
      Array.from({ length: channels }, (_, column) => of(row, column)),
    );
  const sums = adjointAlong(
    builder,
    math,
    math.mul(x, x),
    1,
    square((row, column) => seen(column, row)),
  );
  const s = math.add(math.mul(sums, alpha), readFloat(attributes, "bias", 1));
  const power = builder.op("Pow", [s, math.constant(-beta)]);
  const shared = math.div(math.mul(gradient, output), s);
  const around = adjointAlong(builder, math, shared, 1, square(seen));
  return [math.sub(math.mul(gradient, power), math.mul(math.mul(x, around), 2 * alpha * beta))];
};
