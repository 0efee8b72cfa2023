import { readText } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { constantNumbers } from "../constant-input.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { adjointAlong } from "./along-axis.ts";

/**
 * y = x with borders: dx is the inside of dy; where the border repeats pixels of x, they receive its gradient too.
 *
 * @throws RangeError for an unknown mode.
 */
export const pad: Rule = defineRule({
  op: "Pad",
  gradient(context) {
    const { name, gradient, input, inputs, attributes, builder } = context;
    const { shape } = input(0);
    const pads = constantNumbers(context, 1) ?? [];
    const mode = readText(attributes, "mode", "constant");
    if (mode === "constant") {
      const back = builder.constant(
        int64(
          [pads.length],
          pads.map((pixels) => 0 - pixels),
        ),
      );
      return [builder.op("Pad", [gradient, back, null, inputs[3] ?? null])];
    }
    const source = sources.get(mode);
    if (source === undefined) {
      const known = ["constant", ...sources.keys()].join(", ");
      throw new RangeError(`Pad "${name}": mode must be one of ${known}, got "${mode}"`);
    }
    const axes = constantNumbers(context, 3) ?? [...shape.keys()];
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
