import { readText } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import { int64 } from "../../graph/tensor.ts";
import { constantNumbers } from "../constant-input.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";
import { adjointAlong } from "./along-axis.ts";

/**
 * y = x with borders: dx is the inside of dy; where the border repeats pixels of x, they receive its gradient too.
 *
 * @throws RangeError for an unknown mode.
 */
export const pad: Rule = defineRule({
  op: "Pad",
  gradient(context) {
    const { name, gradient, input, attributes } = context;
    const { shape } = input(0);
    const pads = constantNumbers(context, 1) ?? [];
    const mode = readText(attributes, "mode", "constant");
    const axes = constantNumbers(context, 3) ?? [...shape.keys()];
    if (mode === "constant") return [inside(context, pads, axes)];
    const source = sources.get(mode);
    if (source === undefined) {
      const known = ["constant", ...sources.keys()].join(", ");
      throw new RangeError(`Pad "${name}": mode must be one of ${known}, got "${mode}"`);
    }
    let result = gradient;
    for (const [index, given] of axes.entries()) {
      const axis = given < 0 ? given + shape.length : given;
      const size = shape[axis] ?? 0;
      const [before = 0, after = 0] = [pads[index], pads[index + axes.length]];
      if (before === 0 && after === 0) continue;
      result = adjointAlong(context, result, axis, size, (position) => [
        [source(position - before, size), 1],
      ]);
    }
    return [result];
  },
});

/** dy without the border; a border of negative width was cut off, and has no gradient. */
function inside(
  { gradient, builder }: GradientContext,
  pads: readonly number[],
  axes: readonly number[],
): Value {
  const { shape } = gradient;
  const vector = (values: readonly number[]) => builder.constant(int64([values.length], values));
  const borders = shape.map((_, axis): readonly [before: number, after: number] => {
    const index = axes.findIndex((given) => given === axis || given + shape.length === axis);
    return index < 0 ? [0, 0] : [pads[index] ?? 0, pads[index + axes.length] ?? 0];
  });
  const starts = borders.map(([before]) => Math.max(before, 0));
  const ends = borders.map(([, after], axis) => (shape[axis] ?? 0) - Math.max(after, 0));
  const kept = builder.op("Slice", [gradient, vector(starts), vector(ends)]);
  const cut = [
    ...borders.map(([before]) => Math.max(-before, 0)),
    ...borders.map(([, after]) => Math.max(-after, 0)),
  ];
  return cut.every((pixels) => pixels === 0) ? kept : builder.op("Pad", [kept, vector(cut)]);
}

/** Mode -> the pixel of [0, size) that stands at a position of the padded axis. */
const sources: ReadonlyMap<string, (position: number, size: number) => number> = new Map([
  ["edge", (position, size) => Math.min(Math.max(position, 0), size - 1)],
  [
    "reflect",
    (position, size) => {
      const period = Math.max(2 * (size - 1), 1);
      const wrapped = ((position % period) + period) % period;
      return wrapped < size ? wrapped : period - wrapped;
    },
  ],
  ["wrap", (position, size) => ((position % size) + size) % size],
]);
